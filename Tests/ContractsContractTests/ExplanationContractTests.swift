import ContractLifecycle
import ContractsFakes
import FlowRuntimeAPI
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("The public API of invites, permissions and deletion plans")
struct ExplanationContractTests {
    @Test("permissions are told with the roles that give them")
    func permissions() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/contracts/\(world.contract)/members/\(world.bob)/permissions"
            let answer = try await running.request("GET", path, as: World.ada)
            #expect(answer.json["data"]?["type"] == "member-permissions")
            #expect(answer.id == world.bob.text)
            #expect(
                answer.attributes == [
                    "tenant_admin": false,
                    "roles": [["scope": "contracts", "role": "member", "is_known": true]],
                    "permissions": [
                        [
                            "permission": "contracts.workspace.create",
                            "granted_by": [["scope": "contracts", "role": "member"]],
                        ]
                    ],
                    "contract_status": "active", "contract_allows_changes": true,
                ])
            let inside = try await running.request(
                "GET", "\(path)?workspace_id=\(world.workspace)", as: World.ada)
            #expect(
                inside.json["data"]?["relationships"]?["workspace"]?["data"]?["id"]
                    == .string(world.workspace))
            let hidden = try await running.request(
                "GET", "\(path)?workspace_id=\(world.workspace)", as: World.bob)
            #expect(hidden.status == 404)
        }
    }

    @Test("a plan tells counts, blockers and users, and what peers cannot tell is a 503")
    func plan() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            running.peers.flowKinds = [.init(kind: "flows", count: 7)]
            let flow = FlowID(secondsSince1970: 1)
            let component = ComponentID(secondsSince1970: 2)
            running.peers.blockers = [.init(flow: flow, component: component)]
            let path = "/v2/contracts/\(world.contract)/deletion-plan"
            let plan = try await running.request("GET", path)
            #expect(plan.json["data"]?["type"] == "deletion-plan")
            #expect(plan.attributes["is_blocked"] == true)
            #expect(plan.attributes["blockers_total"] == 1)
            #expect(
                plan.attributes["blockers"] == [
                    ["flow": .string(flow.text), "component": .string(component.text)]
                ])
            let services = plan.attributes["services"]?.array
            #expect(
                services?.map { $0["service"] } == ["flow-runtime", "contracts", "identity"])
            #expect(services?.first?["kinds"] == [["kind": "flows", "count": 7]])
            #expect(plan.attributes["rows_total"] == 15)
            #expect(plan.attributes["users_leaving_total"] == 2)
            #expect(
                plan.json["data"]?["relationships"]?["users_leaving"]?["data"]?.array?.count == 2)
            running.peers.flowRuntime.isAway = true
            let away = try await running.request("GET", path)
            #expect(away.status == 503)
        }
    }

    @Test("an invite is changed and sent again as told; every refusal has its place")
    func invites() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/contracts/\(world.contract)/invites/\(world.invite)"
            let changed = try await running.request(
                "PATCH", path, as: World.ada,
                body: Body.of(
                    "contract-invite", id: world.invite,
                    [
                        "role": "admin", "workspace_id": .string(world.workspace),
                        "workspace_role": "guest",
                    ]))
            #expect(changed.json["data"]?["type"] == "contract-invite")
            #expect(changed.attributes["roles"] == ["admin"])
            #expect(changed.attributes["workspace_roles"] == ["guest"])
            let apart = try await running.request(
                "PATCH", path, as: World.ada,
                body: Body.of("contract-invite", ["workspace_id": .null]))
            #expect(apart.attributes["workspace_id"] == nil)
            let sent = try await running.request("POST", "\(path)/resend", as: World.ada)
            #expect(sent.status == 200)
            #expect(sent.id == world.invite)
            let soon = try await running.request("POST", "\(path)/resend", as: World.ada)
            #expect(soon.status == 429)
            #expect(soon.errors == ["resent_too_soon"])
            #expect(soon.fields.first("retry-after") == "60")
            let old = try await running.request("GET", "/v2/invites/\(world.token)", as: nil)
            #expect(old.status == 404)
            let cases: [(String, String, JSONObject, Int, [String])] = [
                ("PATCH", path, ["workspace_role": "guest"], 400, ["missing /data/attributes"]),
                (
                    "PATCH", path, ["workspace_id": .string(world.workspace)], 400,
                    ["missing /data/attributes"]
                ),
                (
                    "PATCH", path,
                    [
                        "roles": ["member", "king"], "workspace_id": .string(world.workspace),
                        "workspace_roles": ["queen"],
                    ], 400,
                    [
                        "unknown_role /data/attributes/roles/1",
                        "unknown_role /data/attributes/workspace_roles/0",
                    ]
                ),
                (
                    "POST", "/v2/contracts/\(world.contract)/invites",
                    ["email": "x@example.com", "workspace_roles": ["guest"]], 400,
                    ["missing /data/attributes", "missing /data/attributes"]
                ),
            ]
            for (method, path, attributes, status, errors) in cases {
                let answer = try await running.request(
                    method, path, as: World.ada, body: Body.of("contract-invite", attributes))
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(answer.errors == errors, "\(method) \(path)")
            }
        }
    }

    @Test("lists of contracts are narrowed and ordered as asked")
    func lists() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            for (query, found) in [
                ("filter[status]=active", true), ("filter[status]=suspended", false),
                ("filter[name]=My%20Contract", true), ("filter[name]=Other", false),
                ("sort=-name&page[size]=1", true),
            ] {
                let list = try await running.request(
                    "GET", "/v2/contracts?\(query)", as: World.ada)
                let ids = list.json["data"]?.array?.compactMap { $0["id"]?.string }
                #expect(ids == (found ? [world.contract] : []), "\(query)")
            }
            for (query, error) in [
                ("filter[status]=gone", "invalid_parameter filter[status]"),
                ("sort=colour", "invalid_parameter sort"),
                ("filter[colour]=red", "unknown_parameter filter[colour]"),
            ] {
                let list = try await running.request(
                    "GET", "/v2/contracts?\(query)", as: World.ada)
                #expect(list.errors == [error])
            }
        }
    }
}
