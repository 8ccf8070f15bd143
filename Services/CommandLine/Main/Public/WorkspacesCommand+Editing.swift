import ArgumentParser
import CommandLineDomain
import JSONAPI

extension WorkspacesCommand {
    /// Renames a workspace.
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a workspace another name.",
            discussion: """
                EXAMPLE
                  covenant workspaces rename 5b87aded2dfb980011537692 "Better Name"
                """)

        @Argument(help: "The workspace's id.")
        var workspace: String

        @Argument(help: "The new name.")
        var name: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "PATCH", PublicPath.of("workspaces", self.workspace),
                ResourceRequest.body(
                    "workspace", id: self.workspace, [("name", .string(self.name))]),
                columns: WorkspacesCommand.columns)
        }
    }

    /// Deletes a workspace.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a workspace with its flows, for good.",
            discussion: """
                EXAMPLE
                  covenant workspaces delete 5b87aded2dfb980011537692 --data ./data
                """)

        @Argument(help: "The workspace's id.")
        var workspace: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act("DELETE", PublicPath.of("workspaces", self.workspace))
        }
    }
}
