import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Users of the tenant.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Lists, shows, makes and deletes users of the tenant.",
        discussion: """
            EXAMPLE
              covenant users list --data ./data
            """,
        subcommands: [List.self, Get.self, Create.self, Delete.self])

    static let columns = ["id", "email", "first_name", "last_name"]

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the users of the tenant.",
            discussion: """
                EXAMPLE
                  covenant users list --find ada@example.com --data ./data
                """)

        @Option(help: "Only the user with this e-mail address.")
        var find: String?

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.list(
                PublicPath.of("users"), query: self.find.map { [("filter[email]", $0)] } ?? [],
                columns: UsersCommand.columns)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a user; yourself as `me`.",
            discussion: """
                EXAMPLE
                  covenant users get me --data ./data
                """)

        @Argument(help: "The user's id, or me.")
        var user: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.one(
                "GET", PublicPath.of("users", self.user), columns: UsersCommand.columns)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a user.",
            discussion: """
                The password is read from a file or from standard input, never from the command \
                line, which every user of the machine can read.

                EXAMPLE
                  covenant users create ada@example.com --first-name Ada --last-name King \\
                    --password-file password.txt
                """)

        @Argument(help: "The e-mail address.")
        var address: String

        @Option(help: "The given name.")
        var firstName: String

        @Option(help: "The family name.")
        var lastName: String

        @Option(help: "A file with the first password, or - for standard input.")
        var passwordFile: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            let password = try PasswordFile.read(self.passwordFile)
            let body = ResourceRequest.body(
                "user",
                [
                    ("email", .string(self.address)), ("first_name", .string(self.firstName)),
                    ("last_name", .string(self.lastName)), ("password", .string(password)),
                ])
            try await self.options.one(
                "POST", PublicPath.of("users"), body, columns: UsersCommand.columns)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a user with everything that is kept of them, for good.",
            discussion: """
                EXAMPLE
                  covenant users delete 5b87aded2dfb980011537691 --data ./data
                """)

        @Argument(help: "The user's id.")
        var user: String

        @OptionGroup var options: ResourceOptions

        func run() async throws {
            try await self.options.act("DELETE", PublicPath.of("users", self.user))
        }
    }
}
