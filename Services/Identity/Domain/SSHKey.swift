package import Identifiers

/// A public key that a user has registered.
package struct SSHKey: Hashable, Sendable {
    /// Characters of a title at most.
    package static let titleCharactersMax = 100

    /// The key's identifier.
    package var id: SSHKeyID
    /// Whose it is.
    package var user: UserID
    /// `SHA256:` and the base64 of the digest without padding, as `ssh-keygen -l` shows it.
    package var fingerprint: String
    /// What its owner calls it.
    package var title: String
    /// The key: type and base64.
    package var text: String
    /// When it was registered, in milliseconds since 1970.
    package var createdAt: Int64

    /// Makes a key.
    package init(
        id: SSHKeyID, user: UserID, fingerprint: String, title: String, text: String,
        createdAt: Int64
    ) {
        self.id = id
        self.user = user
        self.fingerprint = fingerprint
        self.title = title
        self.text = text
        self.createdAt = createdAt
    }
}

/// What somebody gave of a key that is to be registered, checked.
package struct NewSSHKey: Hashable, Sendable {
    /// The key.
    package let key: SSHPublicKey
    /// The title; the key's own comment when none was given, and its type when it has none.
    package let title: String

    /// Checks all parts.
    ///
    /// - Throws: ``IdentityRefusal/invalid(_:)`` with everything that is wrong at once.
    package init(line: String, title: String?) throws(IdentityRefusal) {
        var faults: [MemberFault] = []
        var key: SSHPublicKey?
        do {
            key = try SSHPublicKey(line)
        } catch {
            faults.append(MemberFault("/data/attributes/key", error.reason))
        }
        if let title, !Self.isTitle(title) {
            faults.append(
                MemberFault(
                    "/data/attributes/title",
                    "must be 1 to \(SSHKey.titleCharactersMax) characters, not all blank, "
                        + "without controls."))
        }
        guard let key, faults.isEmpty else { throw .invalid(faults) }
        self.key = key
        self.title = title ?? (Self.isTitle(key.comment) ? key.comment : key.type)
    }

    private static func isTitle(_ text: String) -> Bool {
        text.unicodeScalars.count <= SSHKey.titleCharactersMax
            && text.contains { !$0.isWhitespace }
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
