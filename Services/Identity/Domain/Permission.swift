/// A permission a role may carry, and what it is for.
package struct Permission: Hashable, Sendable {
    /// `scope.object.action`.
    package let name: String
    /// What whoever has it may do.
    package let about: String

    /// Where it is granted: the first part of its name.
    package var scope: String { String(self.name.prefix { $0 != "." }) }

    init(_ name: String, _ about: String) {
        self.name = name
        self.about = about
    }
}

extension Permissions {
    /// All of them with what they are for, in the order they are listed to users.
    package static let described: [Permission] = [
        Permission("global.stats.workspaces", "See the statistics of all workspaces."),
        Permission("global.auth_clients.get", "See clients of other systems' authorisation."),
        Permission("global.auth_clients.edit", "Change clients of other systems' authorisation."),
        Permission("global.auth_clients.create", "Add clients of other systems' authorisation."),
        Permission("global.auth_clients.delete", "Delete clients of other systems' authorisation."),
        Permission("contracts.contract.edit", "Change the contract."),
        Permission("contracts.membership.edit", "Invite, change and remove members."),
        Permission("contracts.workspace_limits.edit", "Change the limits of workspaces."),
        Permission("contracts.workspace.create", "Create workspaces."),
        Permission("contracts.workspace.listAll", "See all workspaces, also as no member."),
        Permission("contracts.workspace.delete", "Delete any workspace."),
        Permission("contracts.repository.edit", "Create, change and delete components."),
        Permission("contracts.devTeam.edit", "Create, change and delete developer teams."),
        Permission("workspaces.workspace.edit", "Change the workspace and its members."),
        Permission(
            "workspaces.workspace.edit_membership_support",
            "Let the support user in and out."),
        Permission("workspaces.auth_secret.get", "See secrets without their content."),
        Permission("workspaces.auth_secret.get_credentials", "See the content of secrets."),
        Permission("workspaces.auth_secret.edit", "Change secrets."),
        Permission("workspaces.auth_secret.create", "Add secrets."),
        Permission("workspaces.auth_secret.delete", "Delete secrets."),
        Permission("workspaces.auth_secret.refresh", "Have secrets refreshed."),
        Permission("workspaces.flow.edit", "Create, change and delete flows."),
        Permission("workspaces.flow.toggleStatus", "Start and stop flows."),
        Permission("workspaces.flow.toggleRealtime", "Make flows run without pause."),
        Permission("workspaces.flow.exportToRecipe", "Make recipes of flows."),
        Permission("workspaces.logs.read_all", "Read the logs of all flows."),
        Permission("workspaces.recipe.edit", "Create, change and delete recipes."),
        Permission("workspaces.credential.edit", "Create, change and delete credentials."),
        Permission("workspaces.vpn_agent.create", "Add agents."),
        Permission("workspaces.vpn_agent.get", "See agents."),
        Permission("workspaces.vpn_agent.edit", "Change agents."),
        Permission("workspaces.vpn_agent.delete", "Delete agents."),
        Permission("workspaces.vpn_agent.get_config", "See the configuration of agents."),
        Permission("workspaces.topic.create", "Add topics."),
        Permission("workspaces.topic.get", "See topics."),
        Permission("workspaces.topic.edit", "Change topics."),
        Permission("workspaces.topic.delete", "Delete topics."),
    ]

    private static let names = Set(Self.assignable)

    /// Whether a role may carry it.
    package static func isAssignable(_ name: String) -> Bool { self.names.contains(name) }
}
