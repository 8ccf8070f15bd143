import CCurl
import Dispatch
import Foundation
package import PublicHTTP

/// Hands e-mails to an SMTP server (RFC 5321), by libcurl.
package struct SMTPMailer: Mailer {
    /// Where the server is, and how it is spoken to.
    package struct Settings: Sendable {
        /// `smtp://host:port`, or `smtps://host:port` for TLS from the first byte.
        package var url: String
        /// Who this is to the server; `nil` for a server that does not ask.
        package var user: String?
        /// What proves it.
        package var password: Secret?
        /// Whether `smtp://` may stay in plain text; otherwise STARTTLS is demanded.
        package var mayBePlain: Bool

        /// Makes settings.
        package init(url: String, user: String?, password: Secret?, mayBePlain: Bool) {
            self.url = url
            self.user = user
            self.password = password
            self.mayBePlain = mayBePlain
        }
    }

    /// How long handing over one message may take.
    private static let secondsMax = 60
    /// How long connecting may take.
    private static let connectSecondsMax = 15

    let settings: Settings
    /// libcurl waits; it does so on a thread that has nothing else to do.
    private let queue = DispatchQueue(label: "smtp")

    /// Names the server; it is not asked before the first message.
    ///
    /// - Throws: ``MailError`` when the URL is none of SMTP.
    package init(_ settings: Settings) throws {
        guard settings.url.hasPrefix("smtp://") || settings.url.hasPrefix("smtps://") else {
            throw MailError("\(settings.url) is no URL of SMTP: smtp://host:port or smtps://…")
        }
        self.settings = settings
    }

    package func deliver(_ message: MailMessage) async throws {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(with: Result { try self.send(message) })
            }
        }
    }

    private func send(_ message: MailMessage) throws {
        var bytes = message.bytes(lineEnd: "\r\n")
        guard let transfer = CurlTransfer() else { throw MailError("libcurl does not start") }
        transfer.set(CURLOPT_URL, self.settings.url)
        // libcurl offers no other protocol for these URLs, but it follows no other either.
        transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        if let user = self.settings.user { transfer.set(CURLOPT_USERNAME, user) }
        if let password = self.settings.password {
            transfer.set(CURLOPT_PASSWORD, password.reveal())
        }
        transfer.set(
            CURLOPT_USE_SSL,
            Int(self.settings.mayBePlain ? CURLUSESSL_TRY.rawValue : CURLUSESSL_ALL.rawValue))
        transfer.set(CURLOPT_NOSIGNAL, 1)
        transfer.set(CURLOPT_TIMEOUT, Self.secondsMax)
        transfer.set(CURLOPT_CONNECTTIMEOUT, Self.connectSecondsMax)
        transfer.set(CURLOPT_UPLOAD, 1)
        transfer.set(CURLOPT_MAIL_FROM, "<\(MailMessage.address(message.from))>")
        let recipients = curl_slist_append(nil, "<\(MailMessage.address(message.to))>")
        defer { curl_slist_free_all(recipients) }
        guard let recipients else { throw MailError("libcurl has no memory") }
        covenant_curl_set_recipients(transfer.curl, recipients)
        let count = bytes.count
        let result = try bytes.withUnsafeMutableBytes { buffer in
            guard let file = fmemopen(buffer.baseAddress, count, "r") else {
                throw MailError("fmemopen: \(String(cString: strerror(errno)))")
            }
            defer { fclose(file) }
            covenant_curl_set_input(transfer.curl, file, curl_off_t(count))
            return curl_easy_perform(transfer.curl)
        }
        guard result == CURLE_OK else { throw Self.failure(result, reply: transfer.responseCode) }
    }

    /// What went wrong; a server that says so with 5xx will say so again.
    private static func failure(_ result: CURLcode, reply: Int) -> MailError {
        let text = String(cString: curl_easy_strerror(result))
        let isRefused = (500..<600).contains(reply) && result != CURLE_LOGIN_DENIED
        return MailError("SMTP \(reply): \(text)", isPermanent: isRefused)
    }
}
