public import Identifiers
public import RPC

/// Asks who stands behind the token of a session's cookie.
///
/// A session that is closed, expired or unknown is `refused`: a caller learns nothing else. Asking
/// counts as using the session, so it puts off its end for idleness.
@Message
public struct AuthenticateSession: RPCMethod {
    public typealias Service = Identity
    public static let name = "AuthenticateSession"
    public static let repetition = Repetition.idempotent

    /// The token: `cvs_` and 64 hexadecimal digits; never stored or logged by callers.
    public var token: String

    /// Who it is, or nobody.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// The session lives.
        case accepted(AuthenticatedUser, session: SessionID)
        /// It does not; nothing more is said.
        case refused
    }

    /// Makes the request.
    public init(token: String) { self.token = token }

    enum CodingKeys: Int, CodingKey { case token = 1 }
}
