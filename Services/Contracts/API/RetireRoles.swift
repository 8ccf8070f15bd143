public import Identifiers
public import RPC

/// Asks who holds roles that a tenant's catalogue is to lose, and revokes the invites that name them.
///
/// Identity asks first without revoking, replaces the catalogue, and then says so with `isDone`: the
/// copy of the catalogue kept here is forgotten and pending invites with such a role are revoked.
/// Saying it again revokes what is left, which is nothing.
@Message
public struct RetireRoles: RPCMethod {
    public typealias Service = Contracts
    public static let name = "RetireRoles"
    public static let repetition = Repetition.idempotent
    /// Roles at most in one request; more are refused with `invalid_argument`.
    public static let rolesMax = 200

    /// A role by its scope and name.
    @Message
    public struct RoleName: Codable, Hashable, Sendable {
        /// `contracts` or `workspaces`.
        public var scope: String
        /// The name.
        public var name: String

        /// Names a role.
        public init(scope: String, name: String) {
            self.scope = scope
            self.name = name
        }

        enum CodingKeys: Int, CodingKey {
            case scope = 1
            case name = 2
        }
    }

    /// The tenant.
    public var tenant: TenantID
    /// The roles that go.
    public var roles: [RoleName]
    /// Whether they are gone: pending invites with one of them are revoked.
    public var isDone: Bool
    /// The Tenant Admin who replaces the catalogue.
    public var actor: UserID
    /// What the public request is called in logs and in the audit trail.
    public var requestID: String

    /// Where a role is in use.
    @Message
    public struct Use: Codable, Hashable, Sendable {
        /// The role.
        public var role: RoleName
        /// Members of contracts or workspaces that hold it.
        public var members: Int
        /// Contracts whose available roles list it.
        public var contracts: Int
        /// Pending invites that name it; with `isDone` those were revoked.
        public var invites: Int

        /// Makes a use.
        public init(role: RoleName, members: Int, contracts: Int, invites: Int) {
            self.role = role
            self.members = members
            self.contracts = contracts
            self.invites = invites
        }

        enum CodingKeys: Int, CodingKey {
            case role = 1
            case members = 2
            case contracts = 3
            case invites = 4
        }
    }

    /// Where the roles are in use.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// One for each role asked about, in their order.
        public var uses: [Use]

        /// Makes the reply.
        public init(uses: [Use]) { self.uses = uses }

        enum CodingKeys: Int, CodingKey { case uses = 1 }
    }

    /// Makes the request.
    public init(
        tenant: TenantID, roles: [RoleName], isDone: Bool, actor: UserID, requestID: String
    ) {
        self.tenant = tenant
        self.roles = roles
        self.isDone = isDone
        self.actor = actor
        self.requestID = requestID
    }

    enum CodingKeys: Int, CodingKey {
        case tenant = 1
        case roles = 2
        case isDone = 3
        case actor = 4
        case requestID = 5
    }
}
