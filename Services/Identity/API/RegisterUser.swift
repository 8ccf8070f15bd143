public import Identifiers
public import RPC

/// Makes a user for somebody who accepts an invitation and is not known yet.
///
/// Asking again with the same address, names and password returns the same user, so the call may be
/// repeated; an address that belongs to another person's account is `already_exists`.
@Message
public struct RegisterUser: RPCMethod {
    public typealias Service = Identity
    public static let name = "RegisterUser"
    public static let repetition = Repetition.idempotent

    /// The tenant.
    public var tenant: TenantID
    /// The address.
    public var email: String
    /// The given name.
    public var firstName: String
    /// The family name.
    public var lastName: String
    /// The password; the rules are identity's, a weak one is `invalid_argument`.
    public var password: String

    /// The user made.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The user.
        public var user: UserSummary

        /// Makes the reply.
        public init(user: UserSummary) { self.user = user }

        enum CodingKeys: Int, CodingKey { case user = 1 }
    }

    /// Makes the request.
    public init(
        tenant: TenantID, email: String, firstName: String, lastName: String, password: String
    ) {
        self.tenant = tenant
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.password = password
    }

    enum CodingKeys: Int, CodingKey {
        case tenant = 1
        case email = 2
        case firstName = 3
        case lastName = 4
        case password = 5
    }
}
