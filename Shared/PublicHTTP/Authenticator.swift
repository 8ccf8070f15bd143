import Identifiers

/// Says who stands behind the credentials of a request.
public protocol Authenticator: Sendable {
    /// The user with this e-mail address and secret; `nil` when there is none.
    ///
    /// A success is remembered for at most ``PublicLimits/authenticationCacheMilliseconds``, a
    /// failure never. A thrown error is answered like one of a handler (an unreachable identity
    /// service with 503), never as if the credentials were wrong.
    func authenticate(_ credentials: BasicCredentials) async throws -> Principal?

    /// The user of a session, with the session named; `nil` when it is closed, expired or unknown.
    ///
    /// Remembered, and failing, as ``authenticate(_:)-(BasicCredentials)`` is.
    func authenticate(_ session: SessionToken) async throws -> Principal?
}

/// What a request's `Authorization: Basic` header says (RFC 7617).
public struct BasicCredentials: Hashable, Sendable {
    /// The e-mail address, as sent.
    public var email: String
    /// The API key or password.
    public var secret: Secret
    /// Whether the operation accepts a password in place of an API key.
    public var mayBePassword: Bool
    /// Where the request comes from, for bounding guesses; known only where a password is accepted.
    public var clientAddress: String?

    /// Makes credentials.
    public init(
        email: String, secret: Secret, mayBePassword: Bool, clientAddress: String? = nil
    ) {
        self.email = email
        self.secret = secret
        self.mayBePassword = mayBePassword
        self.clientAddress = clientAddress
    }

    /// Reads the header's value; `nil` unless it is well-formed Basic with UTF-8 inside.
    init?(authorization value: String, mayBePassword: Bool) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Base64.decode(parts[1]),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        self.email = String(text[..<colon])
        self.secret = Secret(String(text[text.index(after: colon)...]))
        self.mayBePassword = mayBePassword
    }
}
