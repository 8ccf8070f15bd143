import ArgumentParser
import CommandLineDomain
import JSONAPI

extension InvitesCommand {
    /// Changes a pending invite; it stays the same invite, with the same link.
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a pending invite other roles, or another workspace.",
            discussion: """
                What is not named stays as it is.

                EXAMPLE
                  covenant invites update 5b87aded2dfb980011537690 5b87aded2dfb980011537693 \\
                    --role admin
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The invite's id.")
        var invite: String

        @Option(help: "A role in the contract; there may be several.")
        var role: [String] = []

        @Option(help: "The id of a workspace to join as well.")
        var workspace: String?

        @Option(help: "A role in the workspace; there may be several.")
        var workspaceRole: [String] = []

        @Flag(help: "Into no workspace any more.")
        var noWorkspace = false

        @OptionGroup var options: ResourceOptions

        func validate() throws {
            if self.noWorkspace, self.workspace != nil || !self.workspaceRole.isEmpty {
                throw ValidationError("--no-workspace goes with no workspace and no role in one.")
            }
            guard
                self.noWorkspace || self.workspace != nil || !self.role.isEmpty
                    || !self.workspaceRole.isEmpty
            else { throw ValidationError("Name something to change, such as --role.") }
        }

        func run() async throws {
            let workspace = self.noWorkspace ? JSON.null : self.workspace.map { .string($0) }
            let body = ResourceRequest.body(
                "contract-invite", id: self.invite,
                [
                    ("roles", self.role.isEmpty ? nil : .strings(self.role)),
                    ("workspace_id", workspace),
                    (
                        "workspace_roles",
                        self.workspaceRole.isEmpty ? nil : .strings(self.workspaceRole)
                    ),
                ])
            try await self.options.one(
                "PATCH", PublicPath.of("contracts", self.contract, "invites", self.invite), body,
                columns: InvitesCommand.columns)
        }
    }

    /// Sends an invite's e-mail again.
    struct Resend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends an invite's e-mail again, with a new link; the old one is dead.",
            discussion: """
                EXAMPLE
                  covenant invites resend 5b87aded2dfb980011537690 5b87aded2dfb980011537693
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The invite's id.")
        var invite: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "POST",
                PublicPath.of("contracts", self.contract, "invites", self.invite, "resend"),
                columns: InvitesCommand.columns)
        }
    }
}
