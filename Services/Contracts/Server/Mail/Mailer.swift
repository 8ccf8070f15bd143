/// Hands e-mails over to whatever carries them.
package protocol Mailer: Sendable {
    /// Hands a message over; returns once it is in somebody's keeping.
    ///
    /// A message may be handed over twice: its Message-ID stays the same.
    func deliver(_ message: MailMessage) async throws
}

/// Why a message was not handed over.
package struct MailError: Error, CustomStringConvertible {
    /// What happened.
    package let description: String
    /// Whether trying again cannot help: the recipient or the message is refused.
    package let isPermanent: Bool

    init(_ description: String, isPermanent: Bool = false) {
        self.description = description
        self.isPermanent = isPermanent
    }
}

/// Where e-mails go and what stands in them.
package struct MailSettings: Hashable, Sendable {
    /// Who they are from.
    package var from: String
    /// The public base URL, without a slash at the end, for links.
    package var baseURL: String

    /// Makes settings.
    package init(from: String, baseURL: String) {
        self.from = from
        var url = baseURL
        while url.hasSuffix("/") { url.removeLast() }
        self.baseURL = url
    }
}
