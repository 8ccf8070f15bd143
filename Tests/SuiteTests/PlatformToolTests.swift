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
            try await Self.asOperator(suite, password.path)
            let bob = try Self.id(
                try await suite.resource([
                    "users", "create", "bob@example.com", "--first-name", "Bob", "--last-name",
                    "Bones", "--password-file", password.path,
                ]))
            #expect(try await suite.covenant(["users", "delete", bob]).status == 0)
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
        let changed = try await suite.resource(
            ["invites", "update", contract, invite, "--role", "admin", "--no-workspace"] + owner)
        #expect(changed["attributes"]?["roles"] == ["admin"])
        #expect(changed["attributes"]?["workspace_id"] == nil)
        let early = try await suite.covenant(["invites", "resend", contract, invite] + owner)
        #expect(early.status == 1 && early.errors.contains("resent_too_soon"), "\(early)")
        #expect(
            try await suite.covenant(["invites", "revoke", contract, invite] + owner).status == 0)
        try await Self.inParts(suite, contract, ada, workspace, owner)
        let none = try await suite.resource(["invites", "list", contract] + owner)
        #expect(none == [])
        let members = try await suite.resource(["workspaces", "members", workspace] + owner)
        #expect(members.array?.count == 1)
        let last = try await suite.covenant(["members", "remove", contract, ada] + owner)
        #expect(last.status == 0, "a sole remaining owner may leave: \(last)")
    }

    /// Workspaces, teams and what a member may do there.
    private static func inParts(
        _ suite: RunningSuite, _ contract: String, _ ada: String, _ workspace: String,
        _ owner: [String]
    ) async throws {
        let renamed = try await suite.resource(
            ["workspaces", "rename", workspace, "Bookings"] + owner)
        #expect(renamed["attributes"]?["name"] == "Bookings")
        let back = try await suite.covenant(["workspaces", "rename", workspace, "Orders"] + owner)
        #expect(back.status == 0, "\(back)")
        let roles = try await suite.resource(
            [
                "workspaces", "members", "update", workspace, ada, "--role", "owner", "--role",
                "integrator",
            ] + owner)
        #expect(roles["attributes"]?["roles"] == ["owner", "integrator"])
        let why = try await suite.covenant(
            ["members", "permissions", contract, ada, "--workspace", workspace] + owner)
        #expect(why.text.contains("workspaces.flow.edit "), "\(why)")
        #expect(why.text.contains("workspaces.owner,workspaces.integrator"), "\(why)")
        let second = try Self.id(
            try await suite.resource(["workspaces", "create", "Second"] + owner))
        let deleted = try await suite.covenant(["workspaces", "delete", second] + owner)
        #expect(deleted.status == 0, "\(deleted)")
        let team = try Self.id(
            try await suite.resource(["teams", "create", "Connectors", "--contract", contract]))
        #expect(try await suite.covenant(["teams", "add", team, ada]).status == 0)
        let inTeam = try await suite.covenant(["teams", "members", team])
        #expect(inTeam.text.contains("ada@example.com"), "\(inTeam)")
        #expect(try await suite.covenant(["teams", "remove", team, ada]).status == 0)
        let named = try await suite.resource(["teams", "rename", team, "Adapters"])
        #expect(named["attributes"]?["name"] == "Adapters")
        #expect(try await suite.covenant(["teams", "delete", team]).status == 0)
        #expect(try await suite.resource(["teams", "list"]) == [])
    }

    /// What only the operator of the platform may do.
    private static func asOperator(_ suite: RunningSuite, _ password: String) async throws {
        let tenant = try Self.id(
            try await suite.resource([
                "tenants", "create", "Second", "--admin", "root@example.org", "--first-name",
                "Grace", "--last-name", "Hopper", "--password-file", password,
            ]))
        let both = try await suite.resource(["tenants", "list"])
        #expect(both.array?.count == 2)
        let root = try await Story(suite).withKey("root@example.org")
        let made = try await root.send(
            "POST", "/v2/contracts",
            ["data": ["type": "contract", "attributes": ["name": "Its Own"]]])
        #expect(made.status == 200, "\(made.body.text)")
        let refused = try await suite.covenant(["tenants", "delete", tenant])
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.hasPrefix("error: 409 tenant_has_contracts"), "\(refused)")
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
        let plan = try await suite.covenant(["contracts", "deletion-plan", contract])
        #expect(plan.text.contains(#/contracts +workspaces +1\n/#), "\(plan.text)")
        #expect(plan.text.contains("nothing stands against it"), "\(plan)")
        #expect(try await suite.covenant(["contracts", "delete", contract]).status == 0)
        let gone = try await suite.covenant(["contracts", "get", contract])
        #expect(gone.status == 0 || gone.errors.hasPrefix("error: 404 not_found"), "\(gone)")
    }

    @Test("every command shows an example, and shells get a script to complete them")
    func help() async throws {
        let covenant = Program.product("covenant")
        let commands = [
            "contracts": [
                "list", "get", "create", "rename", "suspend", "unsuspend", "deletion-plan",
                "delete",
            ],
            "members": ["list", "add", "update", "permissions", "remove"],
            "invites": ["list", "create", "update", "resend", "revoke"],
            "workspaces": ["list", "get", "create", "rename", "delete", "members"],
            "workspaces members": ["list", "add", "update", "remove"],
            "teams": ["list", "create", "rename", "delete", "members", "add", "remove"],
            "users": ["list", "get", "create", "delete"],
            "tenants": ["list", "create", "delete"], "audit": ["list", "export", "verify"],
        ]
        for (group, names) in commands {
            for name in names {
                let help = try await ProgramRun.output(
                    of: covenant, group.split(separator: " ").map(String.init) + [name, "--help"])
                #expect(help.contains("EXAMPLE\n  covenant \(group) \(name)"), "\(help)")
            }
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try await ProgramRun.output(
                of: covenant, ["--generate-completion-script", shell])
            for word in commands.flatMap({ $0.key.split(separator: " ") + $0.value.map { $0[...] } }
            ) {
                #expect(script.contains(word), "\(word) in \(shell)")
            }
        }
        let wrong = try await ProgramRun.result(of: covenant, ["members", "add", "a", "b"])
        #expect(wrong.status == 64)
    }
}
