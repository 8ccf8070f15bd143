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

        @OptionGroup var roles: InviteRoles

        @Flag(help: "Into no workspace any more.")
        var noWorkspace = false

        @OptionGroup var options: ResourceOptions

        func validate() throws {
            if self.noWorkspace, self.roles.namesWorkspace {
                throw ValidationError("--no-workspace goes with no workspace and no role in one.")
            }
            guard self.noWorkspace || self.roles.namesWorkspace || !self.roles.role.isEmpty else {
                throw ValidationError("Name something to change, such as --role.")
            }
        }

        func run() async throws {
            var attributes = self.roles.attributes
            if self.noWorkspace { attributes.append(("workspace_id", .null)) }
            let body = ResourceRequest.body("contract-invite", id: self.invite, attributes)
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
