public import Identifiers
public import RPC

/// Asks for a tenant's role catalogue.
@Message
public struct ListRoles: RPCMethod {
    public typealias Service = Identity
    public static let name = "ListRoles"
    public static let repetition = Repetition.safe

    /// The tenant.
    public var tenant: TenantID

    /// The catalogue.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The roles, by scope and name.
        public var roles: [Role]

        /// Makes the reply.
        public init(roles: [Role]) { self.roles = roles }

        enum CodingKeys: Int, CodingKey { case roles = 1 }
    }

    /// Makes the request.
    public init(tenant: TenantID) { self.tenant = tenant }

    enum CodingKeys: Int, CodingKey { case tenant = 1 }
}

/// A role: a name in a scope and what it permits there.
@Message
public struct Role: Codable, Hashable, Sendable {
    /// Where a role is held: `contracts` or `workspaces`.
    public var scope: String
    /// The name, unique in its scope: `owner`, `admin`, `member`, `integrator`, `guest`, …
    public var name: String
    /// The permissions, as `scope.object.action`.
    public var permissions: [String]
    /// The name for people, by language.
    public var titles: [String: String]

    /// Makes a role.
    public init(scope: String, name: String, permissions: [String], titles: [String: String]) {
        self.scope = scope
        self.name = name
        self.permissions = permissions
        self.titles = titles
    }

    enum CodingKeys: Int, CodingKey {
        case scope = 1
        case name = 2
        case permissions = 3
        case titles = 4
    }
}
