import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Contracts.
struct ContractsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contracts",
        abstract: "Lists, makes, renames, suspends and deletes contracts.",
        discussion: """
            EXAMPLE
              covenant contracts create "My Contract" --data ./data
              covenant contracts list --data ./data
            """,
        subcommands: [
            List.self, Get.self, Create.self, Rename.self, Suspend.self, Unsuspend.self,
            DeletionPlan.self, Delete.self,
        ])

    static let columns = ["id", "name", "status", "created_at"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the contracts that you may see.",
            discussion: """
                EXAMPLE
                  covenant contracts list --json --data ./data
                """)

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("contracts"), columns: ContractsCommand.columns)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a contract.",
            discussion: """
                EXAMPLE
                  covenant contracts get 5b87aded2dfb980011537690 --data ./data
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "GET", PublicPath.of("contracts", self.contract), columns: ContractsCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a contract.",
            discussion: """
                EXAMPLE
                  covenant contracts create "My Contract" --available-role contracts.admin
                """)

        @Argument(help: "The name: 3 to 40 letters, digits, spaces, - and _.")
        var name: String

        @Option(help: "The id of the user who supports the customer.")
        var supportUser: String?

        @Option(help: "SCOPE.ROLE that may be given; all of them when there is none.")
        var availableRole: [String] = []

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let roles = try self.availableRole.map { text in
                let parts = text.split(separator: ".", maxSplits: 1)
                guard parts.count == 2 else {
                    throw ValidationError("\(text) is not SCOPE.ROLE, such as contracts.admin.")
                }
                return ["scope": .string(String(parts[0])), "role": .string(String(parts[1]))]
                    as JSON
            }
            let body = ResourceRequest.body(
                "contract",
                [
                    ("name", .string(self.name)),
                    ("support_user_id", self.supportUser.map { .string($0) }),
                    ("available_roles", roles.isEmpty ? nil : .array(roles)),
                ])
            try await self.options.one(
                "POST", PublicPath.of("contracts"), body, columns: ContractsCommand.columns)
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a contract another name.",
            discussion: """
                EXAMPLE
                  covenant contracts rename 5b87aded2dfb980011537690 "Better Name"
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Argument(help: "The new name.")
        var name: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "PATCH", PublicPath.of("contracts", self.contract),
                ResourceRequest.body(
                    "contract", id: self.contract, [("name", .string(self.name))]),
                columns: ContractsCommand.columns)
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops everything that runs in a contract.",
            discussion: """
                EXAMPLE
                  covenant contracts suspend 5b87aded2dfb980011537690 --reason unpaid
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Option(help: "Why; the members are told.")
        var reason: String?

        @Option(help: "When it ends by itself (RFC 3339).")
        var until: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "POST", PublicPath.of("contracts", self.contract, "suspend"),
                ResourceRequest.body(
                    "contract",
                    [
                        ("reason", self.reason.map { .string($0) }),
                        ("until", self.until.map { .string($0) }),
                    ]),
                columns: ContractsCommand.columns)
        }
    }

    struct Unsuspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a contract's suspension.",
            discussion: """
                EXAMPLE
                  covenant contracts unsuspend 5b87aded2dfb980011537690 --resume-flows
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @Flag(help: "Start the flows that the suspension stopped.")
        var resumeFlows = false

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act(
                "POST", PublicPath.of("contracts", self.contract, "unsuspend"),
                ResourceRequest.body(
                    "contract", [("resume_flows", self.resumeFlows ? true : nil)]))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a contract and everything in it, for good.",
            discussion: """
                EXAMPLE
                  covenant contracts delete 5b87aded2dfb980011537690 --data ./data
                """)

        @Argument(help: "The contract's id.")
        var contract: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act("DELETE", PublicPath.of("contracts", self.contract))
        }
    }
}
