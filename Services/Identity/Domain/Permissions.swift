/// The permissions a role may be made of, each `scope.object.action`.
///
/// Permissions of the platform's own services are not among them: no role carries those.
package enum Permissions {
    /// All of them, in the order they are listed to users.
    package static let assignable: [String] = Self.described.map(\.name)

    /// Everything on clients of other systems' authorisation.
    static let authClients = Self.named(
        "global.auth_clients", ["get", "edit", "create", "delete"])
    /// Everything on a contract's workspaces as a whole.
    static let contractWorkspaces = Self.named(
        "contracts.workspace", ["create", "listAll", "delete"])
    /// Everything on a workspace's secrets.
    static let authSecrets = Self.named(
        "workspaces.auth_secret",
        ["get", "get_credentials", "edit", "create", "delete", "refresh"])
    /// Everything on a workspace's flows.
    static let flows = Self.named(
        "workspaces.flow", ["edit", "toggleStatus", "toggleRealtime", "exportToRecipe"])
    /// Everything on a workspace's agents.
    static let agents = Self.named(
        "workspaces.vpn_agent", ["create", "get", "edit", "delete", "get_config"])
    /// Everything on a workspace's topics.
    static let topics = Self.named("workspaces.topic", ["create", "get", "edit", "delete"])

    private static func named(_ object: String, _ actions: [String]) -> [String] {
        actions.map { "\(object).\($0)" }
    }
}
