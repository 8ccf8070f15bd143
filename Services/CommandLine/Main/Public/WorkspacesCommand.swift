import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Workspaces.
struct WorkspacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspaces",
        abstract: "Lists, makes, renames and deletes workspaces, and says who is in them.",
        discussion: """
            EXAMPLE
              covenant workspaces list --contract 5b87aded2dfb980011537690 --data ./data
            """,
        subcommands: [
            List.self, Get.self, Create.self, Rename.self, Delete.self, Members.self,
        ])

    static let columns = ["id", "name", "type"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the workspaces that you may see.",
            discussion: """
                EXAMPLE
                  covenant workspaces list --contract 5b87aded2dfb980011537690 --json
                """)

        @Option(help: "Only those of this contract.")
        var contract: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("workspaces"),
                query: self.contract.map { [("contract_id", $0)] } ?? [],
                columns: WorkspacesCommand.columns)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a workspace.",
            discussion: """
                EXAMPLE
                  covenant workspaces get 5b87aded2dfb980011537692 --data ./data
                """)

        @Argument(help: "The workspace's id.")
        var workspace: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "GET", PublicPath.of("workspaces", self.workspace),
                columns: WorkspacesCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a workspace; whoever makes it is its first member.",
            discussion: """
                EXAMPLE
                  covenant workspaces create Orders --contract 5b87aded2dfb980011537690 \\
                    --email ada@example.com --key-file ada.key
                """)

        @Argument(help: "The name: 3 to 40 letters, digits, spaces, - and _.")
        var name: String

        @Option(help: "The contract's id; needed by who is a member of several.")
        var contract: String?

        @Option(help: "full or limited.")
        var type: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let body = ResourceRequest.body(
                "workspace",
                [("name", .string(self.name)), ("type", self.type.map { .string($0) })],
                relationships: self.contract.map { [("contract", "contract", $0)] } ?? [])
            try await self.options.one(
                "POST", PublicPath.of("workspaces"), body, columns: WorkspacesCommand.columns)
        }
    }
}
