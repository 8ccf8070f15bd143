import Foundation
import JSONAPI
import TestKit
import Testing

@Suite("covenant manages a running platform over its public API", .serialized)
struct PlatformToolTests {
    @Test("from the first contract to its deletion", .timeLimit(.minutes(2)))
    func story() async throws {
        try await RunningSuite.run { suite in
            let password = suite.data.appending(path: "password")
            try Data("\(Story.password)\n".utf8).write(to: password)
            let ada = try Self.id(
                try await suite.resource([
                    "users", "create", "ada@example.com", "--first-name", "Ada", "--last-name",
                    "King", "--password-file", password.path,
                ]))
            let contract = try Self.id(
                try await suite.resource(["contracts", "create", "My Contract"]))
            let added = try await suite.resource([
                "members", "add", contract, ada, "--role", "owner",
            ])
            #expect(added["attributes"]?["email"] == "ada@example.com")
            try await Self.asOwner(suite, contract, ada)
            try await Self.asAdmin(suite, contract)
            let refused = try await suite.covenant(["contracts", "create", "a."])
            #expect(refused.status == 1)
            #expect(refused.errors.hasPrefix("error: 400 invalid_value: "), "\(refused)")
            #expect(refused.errors.contains("(/data/attributes/name)"), "\(refused)")
        }
    }

    private static func id(_ resource: JSON) throws -> String {
        try #require(resource["id"]?.string, "\(resource.text)")
    }

    /// What only a member may do, signed in with a key from a file.
    private static func asOwner(
        _ suite: RunningSuite, _ contract: String, _ ada: String
    ) async throws {
        let client = try await Story(suite).withKey("ada@example.com")
        let key = suite.data.appending(path: "ada.key")
        try Data((client.credentials?.secret ?? "").utf8).write(to: key)
        let owner = ["--email", "ada@example.com", "--key-file", key.path]
        let me = try await suite.resource(["users", "get", "me"] + owner)
        #expect(me["id"] == .string(ada))
        let workspace = try Self.id(
            try await suite.resource(
                ["workspaces", "create", "Orders", "--contract", contract] + owner))
        let invite = try Self.id(
            try await suite.resource(
                [
                    "invites", "create", contract, "bob@example.com", "--role", "member",
                    "--workspace", workspace, "--workspace-role", "integrator",
                ] + owner))
        let invites = try await suite.covenant(["invites", "list", contract] + owner)
        #expect(
            invites.text.hasPrefix("ID ") && invites.text.contains("\(invite)  bob@example.com"),
            "\(invites)")
        #expect(
            try await suite.covenant(["invites", "revoke", contract, invite] + owner).status == 0)
        let none = try await suite.resource(["invites", "list", contract] + owner)
        #expect(none == [])
        let members = try await suite.resource(["workspaces", "members", workspace] + owner)
        #expect(members.array?.count == 1)
        let last = try await suite.covenant(["members", "remove", contract, ada] + owner)
        #expect(last.status == 0, "a sole remaining owner may leave: \(last)")
    }

    private static func asAdmin(_ suite: RunningSuite, _ contract: String) async throws {
        let renamed = try await suite.resource(["contracts", "rename", contract, "Renamed"])
        #expect(renamed["attributes"]?["name"] == "Renamed")
        let suspended = try await suite.resource([
            "contracts", "suspend", contract, "--reason", "unpaid",
        ])
        #expect(suspended["attributes"]?["status"] == "suspending")
        let workspaces = try await suite.covenant(["workspaces", "list", "--contract", contract])
        #expect(workspaces.text.contains("  Orders  full"), "\(workspaces)")
        #expect(try await suite.covenant(["contracts", "delete", contract]).status == 0)
        let gone = try await suite.covenant(["contracts", "get", contract])
        #expect(gone.status == 0 || gone.errors.hasPrefix("error: 404 not_found"), "\(gone)")
    }

    @Test("every command shows an example, and shells get a script to complete them")
    func help() async throws {
        let covenant = Program.product("covenant")
        let commands = [
            "contracts": ["list", "get", "create", "rename", "suspend", "unsuspend", "delete"],
            "members": ["list", "add", "update", "remove"],
            "invites": ["list", "create", "revoke"],
            "workspaces": ["list", "get", "create", "members"],
            "users": ["list", "get", "create"], "audit": ["list", "export", "verify"],
        ]
        for (group, names) in commands {
            for name in names {
                let help = try await ProgramRun.output(of: covenant, [group, name, "--help"])
                #expect(help.contains("EXAMPLE\n  covenant \(group) \(name)"), "\(help)")
            }
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try await ProgramRun.output(
                of: covenant, ["--generate-completion-script", shell])
            for group in commands.keys { #expect(script.contains(group), "\(shell)") }
        }
        let wrong = try await ProgramRun.result(of: covenant, ["members", "add", "a", "b"])
        #expect(wrong.status == 64)
    }
}
