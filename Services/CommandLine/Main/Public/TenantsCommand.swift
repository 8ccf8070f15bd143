import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Tenants of the platform.
struct TenantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "Lists, makes and deletes tenants.",
        discussion: """
            Only the Tenant Admins of the first tenant make and delete tenants.

            EXAMPLE
              covenant tenants list --data ./data
            """,
        subcommands: [List.self, Create.self, Delete.self])

    static let columns = ["id", "name", "created_at"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the tenants that you may see.",
            discussion: """
                EXAMPLE
                  covenant tenants list --data ./data
                """)

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("tenants"), columns: TenantsCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a tenant and its first Tenant Admin.",
            discussion: """
                The password is read from a file or from standard input, never from the command \
                line, which every user of the machine can read.

                EXAMPLE
                  covenant tenants create "Second Tenant" --admin root@example.org \\
                    --first-name Grace --last-name Hopper --password-file password.txt
                """)

        @Argument(help: "The name.")
        var name: String

        @Option(help: "The e-mail address of the first Tenant Admin.")
        var admin: String

        @Option(help: "The admin's given name.")
        var firstName: String

        @Option(help: "The admin's family name.")
        var lastName: String

        @Option(help: "A file with the admin's first password, or - for standard input.")
        var passwordFile: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let admin: JSON = [
                "email": .string(self.admin), "first_name": .string(self.firstName),
                "last_name": .string(self.lastName),
                "password": .string(try PasswordFile.read(self.passwordFile)),
            ]
            try await self.options.one(
                "POST", PublicPath.of("tenants"),
                ResourceRequest.body("tenant", [("name", .string(self.name)), ("admin", admin)]),
                columns: TenantsCommand.columns)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a tenant without contracts, with all its users, for good.",
            discussion: """
                EXAMPLE
                  covenant tenants delete 5b87aded2dfb980011537695 --data ./data
                """)

        @Argument(help: "The tenant's id.")
        var tenant: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act("DELETE", PublicPath.of("tenants", self.tenant))
        }
    }
}
