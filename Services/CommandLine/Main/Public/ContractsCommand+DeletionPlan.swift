import ArgumentParser
import CommandLineDomain
import JSONAPI

extension ContractsCommand {
    /// What deleting a contract would do.
    struct DeletionPlan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deletion-plan",
            abstract: "Shows what deleting a contract would erase, and what stands against it.",
            discussion: """
                Nothing changes. The table is what is erased; what stands against it and how many \
                users would leave the platform follow.

                EXAMPLE
                  covenant contracts deletion-plan 5b87aded2dfb980011537690 --data ./data
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "GET", PublicPath.of("contracts", self.contract, "deletion-plan")
            ) { DeletionPlanText.lines(of: $0) }
        }
    }
}
