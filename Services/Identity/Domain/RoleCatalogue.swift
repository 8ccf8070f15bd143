package import IdentityAPI

/// The roles of a tenant.
package enum RoleCatalogue {
    /// Where roles are held.
    package static let scopes = ["contracts", "workspaces"]

    /// The roles a tenant starts with, by scope and name.
    ///
    /// An owner is not more than an admin in everything: repositories and developer teams are the
    /// contract admin's, recipes the workspace admin's.
    package static let standard: [Role] = [
        Self.role(
            "contracts", "admin", "Admin",
            Permissions.contractWorkspaces
                + ["contracts.repository.edit", "contracts.devTeam.edit"]
                + Permissions.authClients),
        Self.role("contracts", "member", "Member", ["contracts.workspace.create"]),
        Self.role(
            "contracts", "owner", "Owner",
            [
                "contracts.contract.edit", "contracts.membership.edit",
                "contracts.workspace_limits.edit", "global.stats.workspaces",
            ] + Permissions.contractWorkspaces + Permissions.authClients),
        Self.role("workspaces", "admin", "Admin", Self.allOfWorkspaces + Permissions.authClients),
        Self.role(
            "workspaces", "guest", "Guest",
            [
                "global.auth_clients.get", "workspaces.auth_secret.get",
                "workspaces.logs.read_all", "workspaces.vpn_agent.get", "workspaces.topic.get",
            ]),
        Self.role(
            "workspaces", "integrator", "Integrator",
            Permissions.flows + Permissions.agents + Permissions.authSecrets + Permissions.topics
                + [
                    "workspaces.credential.edit", "workspaces.recipe.edit",
                    "workspaces.logs.read_all",
                ] + Permissions.authClients),
        Self.role(
            "workspaces", "owner", "Owner",
            Self.allOfWorkspaces.filter { !Self.recipes.contains($0) } + Permissions.authClients),
    ]

    private static let allOfWorkspaces = Permissions.assignable.filter {
        $0.hasPrefix("workspaces.")
    }

    private static let recipes: Set = ["workspaces.flow.exportToRecipe", "workspaces.recipe.edit"]

    private static func role(
        _ scope: String, _ name: String, _ title: String, _ permissions: [String]
    ) -> Role {
        Role(scope: scope, name: name, permissions: permissions.sorted(), titles: ["en": title])
    }
}
