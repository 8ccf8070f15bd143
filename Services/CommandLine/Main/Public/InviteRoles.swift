import ArgumentParser
import JSONAPI

/// What an invite is for: the roles in its contract, and in a workspace of it.
struct InviteRoles: ParsableArguments {
    @Option(help: "A role in the contract; there may be several.")
    var role: [String] = []

    @Option(help: "The id of a workspace to join as well.")
    var workspace: String?

    @Option(help: "A role in the workspace; there may be several.")
    var workspaceRole: [String] = []

    /// Whether anything is said of a workspace.
    var namesWorkspace: Bool { self.workspace != nil || !self.workspaceRole.isEmpty }

    /// The attributes of an invite; what is not named is left out.
    var attributes: [(String, JSON?)] {
        [
            ("roles", self.role.isEmpty ? nil : .strings(self.role)),
            ("workspace_id", self.workspace.map { .string($0) }),
            ("workspace_roles", self.workspaceRole.isEmpty ? nil : .strings(self.workspaceRole)),
        ]
    }
}
