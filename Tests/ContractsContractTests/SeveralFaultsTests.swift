import Identifiers
import JSONAPI
import TestKit
import Testing

/// Bodies whose shape is wrong in one place and whose meaning is wrong in another, or whose meaning is
/// wrong in two.
@Suite("Bodies with several faults, for contracts")
struct SeveralFaultsTests {
    @Test("every operation with a body of several parts tells all of them at once")
    func all() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let bodies =
                Self.contractBodies(world) + Self.inviteBodies(world) + Self.partBodies(world)
            #expect(FaultyBody.untried(running.routes, by: bodies) == [])
            for faulty in bodies {
                let method = try #require(faulty.method(in: running.routes), "\(faulty.operation)")
                let answer = try await running.request(
                    method, faulty.path, as: faulty.caller, body: faulty.body)
                #expect(answer.status == 400, "\(faulty.operation): \(answer.text)")
                #expect(faulty.missed(in: answer) == [], "\(faulty.operation): \(answer.text)")
            }
        }
    }

    @Test("who may not make the call is told of the shape only")
    func strangers() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let all =
                Self.contractBodies(world) + Self.inviteBodies(world) + Self.partBodies(world)
            for faulty in all where faulty.operation.lowercased().contains("workspacemember") {
                let method = try #require(faulty.method(in: running.routes))
                let answer = try await running.request(
                    method, faulty.path, as: World.eve, body: faulty.body)
                #expect(faulty.missed(in: answer).count == 1, "\(answer.text)")
            }
        }
    }

    private static let unknownRole: JSON = ["role": 5, "roles": ["nobody"]]
    private static let rolePlaces = ["/role", "/roles/0"]

    private static func contractBodies(_ world: World) -> [FaultyBody] {
        let path = "/v2/contracts/\(world.contract)"
        let admin = RunningContracts.admin
        let nobody: JSON = [["scope": "contracts", "role": "nobody"]]
        return [
            FaultyBody(
                "createContract", "/v2/contracts", as: admin, "contract",
                [
                    "name": 1, "available_roles": nobody,
                    "support_user_id": "0123456789abcdef01234567",
                ], places: ["/name", "/available_roles/0", "/support_user_id"]),
            FaultyBody(
                "updateContract", path, as: World.ada, "contract", id: world.contract,
                ["name": 1, "available_roles": nobody], places: ["/name", "/available_roles/0"]),
            FaultyBody(
                "suspendContract", "\(path)/suspend", as: admin, "contract", id: world.contract,
                ["reason": 1, "until": "2001-01-01T00:00:00.000Z"], places: ["/reason", "/until"]),
            FaultyBody(
                "addMember", "\(path)/members", as: admin, "contract-member",
                id: world.newcomer.text, Self.unknownRole, places: Self.rolePlaces),
            FaultyBody(
                "updateMember", "\(path)/members/\(world.bob)", as: World.ada, "contract-member",
                id: world.bob.text, Self.unknownRole, places: Self.rolePlaces),
            FaultyBody(
                "createContract", "/v2/contracts", as: admin, "contract",
                [
                    "name": "Right", "available_roles": nobody,
                    "support_user_id": "0123456789abcdef01234567",
                ], places: ["/available_roles/0", "/support_user_id"]),
            FaultyBody(
                "updateMailTemplate", "/v2/email-templates/contract-invite", as: admin,
                "email-template", ["enabled": 1, "subject": "Join {{anything}}"],
                places: ["/enabled", "/subject"]),
        ]
    }

    private static func inviteBodies(_ world: World) -> [FaultyBody] {
        let path = "/v2/contracts/\(world.contract)/invites"
        func invite(_ attributes: JSON, _ places: [String]) -> FaultyBody {
            FaultyBody(
                "createInvite", path, as: World.ada, "contract-invite", attributes, places: places)
        }
        func change(_ attributes: JSON, _ places: [String]) -> FaultyBody {
            FaultyBody(
                "updateInvite", "\(path)/\(world.invite)", as: World.ada, "contract-invite",
                id: world.invite, attributes, places: places)
        }
        func acceptance(_ attributes: JSON) -> FaultyBody {
            FaultyBody(
                "acceptInvite", "/v2/invites/\(world.token)/accept", as: nil, "contract-invite",
                attributes, places: ["/first_name", "/last_name", "/password"])
        }
        return [
            invite(
                ["email": 1, "role": "nobody", "workspace_role": "nothing"],
                ["/email", "/role", "/workspace_role", ""]),
            invite(["email": "no..body@example.com", "role": 1], ["/email", "/role"]),
            invite(["email": "no..body@example.com", "role": "nobody"], ["/email", "/role"]),
            invite(
                [
                    "email": "cy@example.com", "role": "nobody",
                    "workspace_id": .string(world.workspace),
                ], ["/role", ""]),
            invite(
                ["email": "cy@example.com", "role": "nobody", "workspace_role": "nothing"],
                ["/role", "/workspace_role", ""]),
            change(["workspace_id": 1, "role": "nobody"], ["/workspace_id", "/role"]),
            change(["role": "nobody", "workspace_role": "guest"], ["/role", ""]),
            acceptance(["first_name": 1, "last_name": "", "password": ""]),
            acceptance(["first_name": 1, "last_name": " ", "password": "short"]),
            acceptance(["first_name": " ", "last_name": " ", "password": "short"]),
        ]
    }

    @Test("what somebody new says is held against no rules where the token is worth nothing")
    func unknownTokens() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            for faulty in Self.inviteBodies(world) where faulty.operation == "acceptInvite" {
                let path = "/v2/invites/\(String(world.token.reversed()))/accept"
                let answer = try await running.request("POST", path, as: nil, body: faulty.body)
                #expect(!answer.text.contains("must have at least"), "\(answer.text)")
            }
        }
    }

    @Test("an order says what it says in one place: nothing of it is left unread")
    func orders() async throws {
        try await RunningContracts.with { running in
            let (contract, _) = try await running.contract()
            let path = "/v2/contracts/\(contract)"
            for (name, value) in [
                ("suspend", "reason"), ("unsuspend", "resume_flows"),
            ] {
                let part: JSON = name == "suspend" ? "unpaid" : true
                let answer = try await running.request(
                    "POST", "\(path)/\(name)", body: ["data": ["type": "contract"], value: part])
                #expect(answer.errors == ["invalid_value /\(value)"], "\(answer.text)")
            }
            let shown = try await running.request("GET", path)
            #expect(shown.attributes["status"] == "active")
        }
    }

    private static func partBodies(_ world: World) -> [FaultyBody] {
        let path = "/v2/workspaces/\(world.workspace)"
        let admin = RunningContracts.admin
        return [
            FaultyBody(
                "createWorkspace", "/v2/workspaces", as: World.ada, "workspace",
                ["name": 1, "type": "odd"], places: ["/name", "/type"]),
            FaultyBody(
                "updateWorkspace", path, as: World.ada, "workspace", id: world.workspace,
                ["name": "?", "type": 1], places: ["/name", "/type"]),
            FaultyBody(
                "addWorkspaceMember", "\(path)/members", as: World.ada, "member",
                id: world.bob.text, Self.unknownRole, places: Self.rolePlaces),
            FaultyBody(
                "updateWorkspaceMember", "\(path)/members/\(world.bob)", as: World.ada, "member",
                id: world.bob.text, Self.unknownRole, places: Self.rolePlaces),
            FaultyBody(
                "createWorkspaceInvite", "\(path)/invites", as: World.ada, "workspace-invite",
                ["email": 1, "role": "nobody", "contract_role": "nothing"],
                places: ["/email", "/role", "/contract_role"]),
            FaultyBody(
                "createWorkspaceInvite", "\(path)/invites", as: World.ada, "workspace-invite",
                ["email": "no..body@example.com", "role": "nobody", "contract_role": "nothing"],
                places: ["/email", "/role", "/contract_role"]),
            FaultyBody(
                "createWebhook", "/v2/webhooks", as: admin, "webhook",
                ["url": "ftp://example.com/", "events": 1], places: ["/url", "/events"]),
            FaultyBody(
                "updateWebhook", "/v2/webhooks/\(world.webhook)", as: admin, "webhook",
                ["url": "ftp://example.com/", "enabled": 1], places: ["/url", "/enabled"]),
        ]
    }
}
