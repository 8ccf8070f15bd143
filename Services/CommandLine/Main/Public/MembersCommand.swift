import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Members of contracts.
struct MembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "Lists, adds, changes, explains and removes members of a contract.",
        discussion: """
            EXAMPLE
              covenant members list 5b87aded2dfb980011537690 --data ./data
            """,
        subcommands: [
            List.self, Add.self, Update.self, Permissions.self, Remove.self,
        ])

    static let columns = ["id", "email", "first_name", "last_name", "roles"]

    /// A member and the roles to be held.
    struct Membership: ParsableArguments {
        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The user's id.")
        var user: String

        @Option(help: "A role; there may be several.")
        var role: [String]

        func validate() throws {
            guard !self.role.isEmpty else { throw ValidationError("Name at least one --role.") }
        }

        var body: JSON {
            ResourceRequest.body(
                "contract-member", id: self.user, [("roles", .strings(self.role))])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the members of a contract.",
            discussion: """
                EXAMPLE
                  covenant members list 5b87aded2dfb980011537690 --email ada@example.com
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("contracts", self.contract, "members"),
                columns: MembersCommand.columns)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a user a member, at once and without an invitation.",
            discussion: """
                EXAMPLE
                  covenant members add 5b87aded2dfb980011537690 5b87aded2dfb980011537691 \\
                    --role owner
                """)

        @OptionGroup var membership: Membership
        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "POST", PublicPath.of("contracts", self.membership.contract, "members"),
                self.membership.body, columns: MembersCommand.columns)
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a member other roles.",
            discussion: """
                EXAMPLE
                  covenant members update 5b87aded2dfb980011537690 5b87aded2dfb980011537691 \\
                    --role admin --email ada@example.com --key-file ada.key
                """)

        @OptionGroup var membership: Membership
        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let (contract, user) = (self.membership.contract, self.membership.user)
            try await self.options.one(
                "PATCH", PublicPath.of("contracts", contract, "members", user),
                self.membership.body, columns: ["id", "roles"])
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a member; who has no other contract leaves the platform.",
            discussion: """
                EXAMPLE
                  covenant members remove 5b87aded2dfb980011537690 5b87aded2dfb980011537691
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The user's id.")
        var user: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act(
                "DELETE", PublicPath.of("contracts", self.contract, "members", self.user))
        }
    }
}
