import ArgumentParser
import CommandLineDomain
import JSONAPI

extension MembersCommand {
    /// Why a member may do something.
    struct Permissions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explains what a member may do, and by which roles.",
            discussion: """
                EXAMPLE
                  covenant members permissions 5b87aded2dfb980011537690 \\
                    5b87aded2dfb980011537691 --workspace 5b87aded2dfb980011537692
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The user's id.")
        var user: String

        @Option(help: "The id of a workspace of the contract: in that workspace.")
        var workspace: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "GET",
                PublicPath.of("contracts", self.contract, "members", self.user, "permissions"),
                query: self.workspace.map { [("workspace_id", $0)] } ?? []
            ) { PermissionText.lines(of: $0) }
        }
    }
}
