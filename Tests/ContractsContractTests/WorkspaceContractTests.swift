import ContractsFakes
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("The public API of workspaces and teams")
struct WorkspaceContractTests {
    @Test("a workspace, its members and its invites have the documents' shapes")
    func shapes() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/workspaces/\(world.workspace)"
            let added = try await running.request(
                "POST", "\(path)/members/", as: World.ada,
                body: Body.of("member", id: world.bob.text, ["role": "Integrator"]))
            #expect(
                added.json["data"] == [
                    "id": .string(world.bob.text), "type": "member",
                    "attributes": [
                        "first_name": "Bob", "last_name": "King", "role": "integrator",
                        "roles": ["integrator"], "email": "bob@example.com",
                    ],
                    "relationships": [
                        "user": [
                            "data": ["id": .string(world.bob.text), "type": "user"],
                            "links": ["self": .string("/v2/users/\(world.bob)")],
                        ]
                    ],
                ])
            let view = try await running.request(
                "GET", "\(path)?include=members,invites", as: World.ada)
            let data = view.json["data"]
            #expect(
                data?["attributes"]?.object?.names == ["name", "type", "created_at", "updated_at"])
            #expect(data?["attributes"]?["type"] == "full")
            #expect(data?["relationships"]?["members"]?["data"]?.array?.count == 2)
            #expect(
                data?["relationships"]?["invites"] == [
                    "data": [
                        ["id": .string(world.workspaceInvite), "type": "workspace-invite"]
                    ],
                    "links": ["self": .string("\(path)/invites/")],
                ])
            #expect(
                view.json["included"]?.array?.map { $0["type"] }
                    == ["member", "member", "workspace-invite"])
            let invite = view.json["included"]?.array?.last?["attributes"]
            #expect(invite?["email"] == "dora@example.com")
            #expect(invite?["role"] == "guest")
            #expect(invite?["contract_roles"] == ["member"])
            #expect(view.json["links"]?["self"] == .string(path))
            let roles = try await running.request("GET", "\(path)/roles", as: World.ada)
            #expect(roles.json["data"]?["type"] == "workspace-policy")
            #expect(
                roles.attributes["roles"]?.array?.map { $0["role"] }
                    == ["owner", "admin", "integrator", "guest"])
            let changed = try await running.request(
                "PATCH", "\(path)/members/\(world.bob)", as: World.ada,
                body: Body.of("member", id: world.bob.text, ["roles": ["guest", "integrator"]]))
            #expect(
                changed.json["data"] == [
                    "id": .string(world.bob.text), "type": "member",
                    "links": ["self": .string("/v2/members/\(world.bob)")],
                    "attributes": ["roles": ["guest", "integrator"]],
                ])
        }
    }

    @Test("changes and deletions may depend on the workspace or team being as it was seen")
    func entityTags() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            for (path, type) in [
                ("/v2/workspaces/\(world.workspace)", "workspace"),
                ("/v2/teams/\(world.team)", "team"),
            ] {
                let seen = try await running.request("GET", path, as: World.ada)
                let tag = try #require(seen.fields.first("etag"))
                func change(_ method: String, _ name: String?) async throws -> PublicAnswer {
                    try await running.request(
                        method, path, as: World.ada,
                        body: name.map { Body.of(type, ["name": .string($0)]) },
                        fields: ["if-match": tag])
                }
                let first = try await change("PATCH", "First")
                #expect(first.status == 200)
                #expect(first.fields.first("etag") != tag)
                let second = try await change("PATCH", "Second")
                #expect(second.status == 412)
                #expect(second.errors == ["precondition_failed If-Match"])
                #expect(try await change("DELETE", nil).status == 412)
                let view = try await running.request("GET", path, as: World.ada)
                #expect(view.attributes["name"] == "First")
            }
        }
    }

    @Test("a deleted workspace is gone at once, and the flow runtime is told")
    func deletion() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/workspaces/\(world.workspace)"
            let answer = try await running.request("DELETE", path, as: World.ada)
            #expect(answer.status == 204)
            #expect(answer.text.isEmpty)
            #expect(try await running.request("GET", path, as: World.ada).status == 404)
            while running.peers.closedWorkspaces.map(\.text) != [world.workspace] {
                await Task.yield()
            }
        }
    }

    @Test("a team has the documents' shape, and lists tell their pages")
    func teams() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/teams/\(world.team)"
            let team = try await running.request(
                "POST", "\(path)/members", as: World.ada,
                body: Body.of("user", id: world.bob.text))
            #expect(team.json["data"]?["type"] == "team")
            #expect(team.json["data"]?["links"]?["self"] == .string(path))
            #expect(team.attributes.object?.names == ["name", "created_at", "updated_at"])
            let users = team.json["data"]?["relationships"]?["users"]
            #expect(users?["data"]?.array?.map { $0["type"] } == ["user", "user"])
            #expect(users?["links"]?["self"] == .string("\(path)/members/"))
            let members = try await running.request(
                "GET", "\(path)/members?page[size]=1", as: World.bob)
            #expect(
                members.json["meta"] == ["page": 1, "per_page": 1, "total": 2, "total_pages": 2])
            let list = try await running.request(
                "GET", "/v2/teams?sort=-name", as: World.bob)
            #expect(list.json["data"]?.array?.map { $0["id"] } == [.string(world.team)])
        }
    }
}
