public import Identifiers
public import RPC

/// Asks whether a user may act on a contract, in a workspace or for a developer team.
///
/// An unknown user is denied, not an error: a caller has one thing to look at.
@Message
public struct Authorize: RPCMethod {
    public typealias Service = Contracts
    public static let name = "Authorize"
    public static let repetition = Repetition.safe

    /// What is acted on.
    @Message
    public enum Scope: Codable, Hashable, Sendable {
        /// A contract as a whole.
        case contract(ContractID)
        /// A workspace of a contract.
        case workspace(WorkspaceID)
        /// A developer team of a contract; roles held in the contract count.
        case team(TeamID)
    }

    /// Who acts.
    public var user: UserID
    /// The tenant the user belongs to.
    public var tenant: TenantID
    /// Whether the user is a Tenant Admin there.
    public var isTenantAdmin: Bool
    /// What is to be done, as `scope.object.action`; `nil` asks for reading, which membership alone
    /// permits.
    public var permission: String?
    /// What is acted on.
    public var scope: Scope

    /// Whether it is permitted.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// It is.
        case allowed(Grant)
        /// The user is a member, but no role of theirs permits it.
        case denied(reason: String)
        /// There is no such contract, workspace or team, or the user is a stranger to it; show 404.
        case notFound
    }

    /// By what right an act is permitted.
    @Message
    public struct Grant: Codable, Hashable, Sendable {
        /// The contract acted on, or the one the workspace or team belongs to.
        public var contract: ContractID
        /// The tenant the contract belongs to.
        public var tenant: TenantID
        /// The role that permits it, or `tenant-admin`.
        public var role: String
        /// What the team acted for is called; `nil` when the scope is no team.
        public var team: String?

        /// Makes a grant.
        public init(
            contract: ContractID, tenant: TenantID, role: String, team: String? = nil
        ) {
            self.contract = contract
            self.tenant = tenant
            self.role = role
            self.team = team
        }

        enum CodingKeys: Int, CodingKey {
            case contract = 1
            case tenant = 2
            case role = 3
            case team = 4
        }
    }

    /// Makes the request.
    public init(
        user: UserID, tenant: TenantID, isTenantAdmin: Bool, permission: String?, scope: Scope
    ) {
        self.user = user
        self.tenant = tenant
        self.isTenantAdmin = isTenantAdmin
        self.permission = permission
        self.scope = scope
    }

    enum CodingKeys: Int, CodingKey {
        case user = 1
        case tenant = 2
        case isTenantAdmin = 3
        case permission = 4
        case scope = 5
    }
}
