import ArgumentParser
import CommandLineDomain
import JSONAPI

extension TeamsCommand {
    /// Lists who is in a team.
    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists who is in a team.",
            discussion: """
                EXAMPLE
                  covenant teams members 5b87aded2dfb980011537694 --data ./data
                """)

        @Argument(help: "The team's id.")
        var team: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("teams", self.team, "members"), columns: UsersCommand.columns)
        }
    }

    /// Brings somebody into a team.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings a member of the contract into a team.",
            discussion: """
                EXAMPLE
                  covenant teams add 5b87aded2dfb980011537694 5b87aded2dfb980011537691
                """)

        @Argument(help: "The team's id.")
        var team: String

        @Argument(help: "The user's id.")
        var user: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "POST", PublicPath.of("teams", self.team, "members"),
                ResourceRequest.body("user", id: self.user), columns: UsersCommand.columns)
        }
    }

    /// Takes somebody out of a team.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes somebody out of a team.",
            discussion: """
                EXAMPLE
                  covenant teams remove 5b87aded2dfb980011537694 5b87aded2dfb980011537691
                """)

        @Argument(help: "The team's id.")
        var team: String

        @Argument(help: "The user's id.")
        var user: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act(
                "DELETE", PublicPath.of("teams", self.team, "members", self.user))
        }
    }
}
