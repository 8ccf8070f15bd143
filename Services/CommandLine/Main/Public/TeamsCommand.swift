import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Developer teams of contracts.
struct TeamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teams",
        abstract: "Lists, makes, renames and deletes developer teams, and says who is in them.",
        discussion: """
            EXAMPLE
              covenant teams list --contract 5b87aded2dfb980011537690 --data ./data
            """,
        subcommands: [
            List.self, Create.self, Rename.self, Delete.self, Members.self, Add.self, Remove.self,
        ])

    static let columns = ["id", "name"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the teams that you may see.",
            discussion: """
                EXAMPLE
                  covenant teams list --contract 5b87aded2dfb980011537690 --json
                """)

        @Option(help: "Only those of this contract.")
        var contract: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("teams"),
                query: self.contract.map { [("contract_id", $0)] } ?? [],
                columns: TeamsCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a team.",
            discussion: """
                EXAMPLE
                  covenant teams create Connectors --contract 5b87aded2dfb980011537690
                """)

        @Argument(help: "The name: 3 to 40 letters, digits, spaces, - and _.")
        var name: String

        @Option(help: "The contract's id; needed by who is a member of several.")
        var contract: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let body = ResourceRequest.body(
                "team", [("name", .string(self.name))],
                relationships: self.contract.map { [("contract", "contract", $0)] } ?? [])
            try await self.options.one(
                "POST", PublicPath.of("teams"), body, columns: TeamsCommand.columns)
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a team another name.",
            discussion: """
                EXAMPLE
                  covenant teams rename 5b87aded2dfb980011537694 "Better Name"
                """)

        @Argument(help: "The team's id.")
        var team: String

        @Argument(help: "The new name.")
        var name: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "PATCH", PublicPath.of("teams", self.team),
                ResourceRequest.body("team", id: self.team, [("name", .string(self.name))]),
                columns: TeamsCommand.columns)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a team.",
            discussion: """
                EXAMPLE
                  covenant teams delete 5b87aded2dfb980011537694 --data ./data
                """)

        @Argument(help: "The team's id.")
        var team: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act("DELETE", PublicPath.of("teams", self.team))
        }
    }
}
