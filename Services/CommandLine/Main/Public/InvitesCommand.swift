import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Invites into contracts.
struct InvitesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invites",
        abstract: "Lists, sends, changes and takes back invites into a contract.",
        discussion: """
            EXAMPLE
              covenant invites create 5b87aded2dfb980011537690 bob@example.com --role member
            """,
        subcommands: [List.self, Create.self, Update.self, Resend.self, Revoke.self])

    static let columns = ["id", "email", "roles", "workspace_id", "expires_at"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the invites that can still be accepted.",
            discussion: """
                EXAMPLE
                  covenant invites list 5b87aded2dfb980011537690 --email ada@example.com
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.listAll(
                PublicPath.of("contracts", self.contract, "invites"),
                columns: InvitesCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Invites somebody by e-mail.",
            discussion: """
                EXAMPLE
                  covenant invites create 5b87aded2dfb980011537690 bob@example.com --role member \\
                    --workspace 5b87aded2dfb980011537692 --workspace-role integrator
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The address.")
        var address: String

        @OptionGroup var roles: InviteRoles

        @OptionGroup var options: ResourceOptions

        func validate() throws {
            guard !self.roles.role.isEmpty else {
                throw ValidationError("Name at least one --role.")
            }
        }

        func run() async throws {
            let body = ResourceRequest.body(
                "contract-invite", [("email", .string(self.address))] + self.roles.attributes)
            try await self.options.one(
                "POST", PublicPath.of("contracts", self.contract, "invites"), body,
                columns: InvitesCommand.columns)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an invite back; its link is worth nothing from then on.",
            discussion: """
                EXAMPLE
                  covenant invites revoke 5b87aded2dfb980011537690 5b87aded2dfb980011537693
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The invite's id.")
        var invite: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act(
                "DELETE", PublicPath.of("contracts", self.contract, "invites", self.invite))
        }
    }
}
