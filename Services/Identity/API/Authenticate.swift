public import Identifiers
public import RPC

/// Asks who stands behind an e-mail address and a secret.
///
/// A wrong secret, an unknown address and a locked account are all `refused`: a caller learns
/// nothing else. Secrets are compared in constant time and never stored or logged by callers.
@Message
public struct Authenticate: RPCMethod {
    public typealias Service = Identity
    public static let name = "Authenticate"
    public static let repetition = Repetition.safe

    /// What kind of secret may be presented.
    @Message
    public enum Secret: String, Codable, Hashable, Sendable {
        /// An API key.
        case apiKey = "api_key"
        /// An API key or the password: where a first key is obtained.
        case apiKeyOrPassword = "api_key_or_password"
    }

    /// The address, compared without regard to case.
    public var email: String
    /// The secret presented.
    public var secret: String
    /// What kind of secret may be presented.
    public var accepting: Secret

    /// Who it is, or nobody.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// The secret is right.
        case accepted(AuthenticatedUser)
        /// It is not; nothing more is said.
        case refused
    }

    /// Makes the request.
    public init(email: String, secret: String, accepting: Secret = .apiKey) {
        self.email = email
        self.secret = secret
        self.accepting = accepting
    }

    enum CodingKeys: Int, CodingKey {
        case email = 1
        case secret = 2
        case accepting = 3
    }
}

/// Who makes a request.
@Message
public struct AuthenticatedUser: Codable, Hashable, Sendable {
    /// The user.
    public var user: UserID
    /// The tenant the user belongs to.
    public var tenant: TenantID
    /// The address, in the spelling it was registered with.
    public var email: String
    /// Whether the user is a Tenant Admin of that tenant.
    public var isTenantAdmin: Bool

    /// Makes a value.
    public init(user: UserID, tenant: TenantID, email: String, isTenantAdmin: Bool) {
        self.user = user
        self.tenant = tenant
        self.email = email
        self.isTenantAdmin = isTenantAdmin
    }

    enum CodingKeys: Int, CodingKey {
        case user = 1
        case tenant = 2
        case email = 3
        case isTenantAdmin = 4
    }
}
