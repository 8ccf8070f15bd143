import ArgumentParser
import CommandLineDomain
import JSONAPI

extension WorkspacesCommand {
    /// Who is in a workspace.
    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "members",
            abstract: "Lists, adds, changes and removes members of a workspace.",
            discussion: """
                Without a command it lists them.

                EXAMPLE
                  covenant workspaces members 5b87aded2dfb980011537692 --data ./data
                """,
            subcommands: [ListMembers.self, Add.self, Update.self, Remove.self],
            defaultSubcommand: ListMembers.self)

        /// A member and the roles to be held.
        struct Membership: ParsableArguments {
            @Argument(help: "The workspace's id.")
            var workspace: String

            @Argument(help: "The user's id.")
            var user: String

            @Option(help: "A role; there may be several.")
            var role: [String]

            func validate() throws {
                guard !self.role.isEmpty else {
                    throw ValidationError("Name at least one --role.")
                }
            }

            var body: JSON {
                ResourceRequest.body("member", id: self.user, [("roles", .strings(self.role))])
            }
        }

        struct ListMembers: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "list", abstract: "Lists the members of a workspace.",
                discussion: """
                    EXAMPLE
                      covenant workspaces members list 5b87aded2dfb980011537692 --json
                    """)

            @Argument(help: "The workspace's id.")
            var workspace: String

            @OptionGroup var options: ResourceOptions

            func run() async throws {
                try await self.options.listAll(
                    PublicPath.of("workspaces", self.workspace, "members"),
                    columns: MembersCommand.columns)
            }
        }

        struct Add: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Brings a member of the contract into a workspace.",
                discussion: """
                    EXAMPLE
                      covenant workspaces members add 5b87aded2dfb980011537692 \\
                        5b87aded2dfb980011537691 --role integrator
                    """)

            @OptionGroup var membership: Membership
            @OptionGroup var options: ResourceOptions

            func run() async throws {
                try await self.options.one(
                    "POST", PublicPath.of("workspaces", self.membership.workspace, "members"),
                    self.membership.body, columns: MembersCommand.columns)
            }
        }

        struct Update: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Gives a member of a workspace other roles.",
                discussion: """
                    EXAMPLE
                      covenant workspaces members update 5b87aded2dfb980011537692 \\
                        5b87aded2dfb980011537691 --role owner
                    """)

            @OptionGroup var membership: Membership
            @OptionGroup var options: ResourceOptions

            func run() async throws {
                let (workspace, user) = (self.membership.workspace, self.membership.user)
                try await self.options.one(
                    "PATCH", PublicPath.of("workspaces", workspace, "members", user),
                    self.membership.body, columns: ["id", "roles"])
            }
        }

        struct Remove: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Takes a member out of a workspace.",
                discussion: """
                    EXAMPLE
                      covenant workspaces members remove 5b87aded2dfb980011537692 \\
                        5b87aded2dfb980011537691
                    """)

            @Argument(help: "The workspace's id.")
            var workspace: String

            @Argument(help: "The user's id.")
            var user: String

            @OptionGroup var options: ResourceOptions

            func run() async throws {
                try await self.options.act(
                    "DELETE",
                    PublicPath.of("workspaces", self.workspace, "members", self.user))
            }
        }
    }
}
