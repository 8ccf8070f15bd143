public import Identifiers
public import RPC

/// Asks for what others may know of users; unknown ids are left out of the reply.
@Message
public struct GetUsers: RPCMethod {
    public typealias Service = Identity
    public static let name = "GetUsers"
    public static let repetition = Repetition.safe
    /// Ids at most in one request; more are refused with `invalid_argument`.
    public static let usersMax = 1_000

    /// The users.
    public var users: [UserID]

    /// The users that exist, in no particular order.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The users.
        public var users: [UserSummary]

        /// Makes the reply.
        public init(users: [UserSummary]) { self.users = users }

        enum CodingKeys: Int, CodingKey { case users = 1 }
    }

    /// Makes the request.
    public init(users: [UserID]) { self.users = users }

    enum CodingKeys: Int, CodingKey { case users = 1 }
}

/// Asks for the user with an e-mail address in a tenant.
@Message
public struct FindUser: RPCMethod {
    public typealias Service = Identity
    public static let name = "FindUser"
    public static let repetition = Repetition.safe

    /// The tenant.
    public var tenant: TenantID
    /// The address, compared without regard to case.
    public var email: String

    /// The user, if there is one.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The user, or `nil`.
        public var user: UserSummary?

        /// Makes the reply.
        public init(user: UserSummary?) { self.user = user }

        enum CodingKeys: Int, CodingKey { case user = 1 }
    }

    /// Makes the request.
    public init(tenant: TenantID, email: String) {
        self.tenant = tenant
        self.email = email
    }

    enum CodingKeys: Int, CodingKey {
        case tenant = 1
        case email = 2
    }
}

/// What others may know of a user.
@Message
public struct UserSummary: Codable, Hashable, Sendable {
    /// The user.
    public var user: UserID
    /// The tenant the user belongs to.
    public var tenant: TenantID
    /// The address.
    public var email: String
    /// The given name.
    public var firstName: String
    /// The family name.
    public var lastName: String
    /// Whether the user may not be removed with the last contract: a Tenant Admin or service account.
    public var isProtected: Bool
    /// Whether it is a service account, which may own no contract; `nil` is a person.
    public var isServiceAccount: Bool?

    /// Makes a summary.
    public init(
        user: UserID, tenant: TenantID, email: String, firstName: String, lastName: String,
        isProtected: Bool, isServiceAccount: Bool? = nil
    ) {
        self.user = user
        self.tenant = tenant
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.isProtected = isProtected
        self.isServiceAccount = isServiceAccount
    }

    enum CodingKeys: Int, CodingKey {
        case user = 1
        case tenant = 2
        case email = 3
        case firstName = 4
        case lastName = 5
        case isProtected = 6
        case isServiceAccount = 7
    }
}
