import ContractsFakes
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("What workspaces and teams refuse")
struct PartRefusalTests {
    struct Refused {
        var method: String
        var path: String
        var email = World.ada
        var body: JSON?
        var status: Int
        var errors: [String]

        init(
            _ method: String, _ path: String, as email: String = World.ada, _ body: JSON?,
            _ status: Int, _ errors: [String]
        ) {
            self.method = method
            self.path = path
            self.email = email
            self.body = body
            self.status = status
            self.errors = errors
        }
    }

    static let nobody = "5b87aded2dfb980011537690"

    static func check(_ refused: [Refused], in running: RunningContracts) async throws {
        for request in refused {
            let answer = try await running.request(
                request.method, request.path, as: request.email, body: request.body)
            let about = "\(request.method) \(request.path): \(answer.text)"
            #expect(answer.status == request.status, "\(about)")
            #expect(answer.errors == request.errors, "\(about)")
        }
    }

    @Test("a workspace's refusals have their status, word and place, all faults at once")
    func workspaces() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/workspaces/\(world.workspace)"
            try await Self.check(
                [
                    .init(
                        "PATCH", path, Body.of("workspace", ["name": "a.", "type": "huge"]), 400,
                        [
                            "invalid_value /data/attributes/name",
                            "invalid_value /data/attributes/type",
                        ]),
                    .init(
                        "PATCH", path, Body.of("workspace", id: Self.nobody, ["name": "Other"]),
                        409, ["id_mismatch /data/id"]),
                    .init(
                        "PATCH", path, as: World.bob, Body.of("workspace", ["name": "Other"]),
                        404, ["not_found"]),
                    .init(
                        "GET", "/v2/workspaces?sort=colour", nil, 400, ["invalid_parameter sort"]),
                    .init(
                        "GET", "/v2/workspaces?filter[type]=huge", nil, 400,
                        ["invalid_parameter filter[type]"]),
                    .init(
                        "POST", "\(path)/invites",
                        Body.of("workspace-invite", ["email": "bob@example.com", "role": "guest"]),
                        409, ["already_member /data/attributes/email"]),
                    .init(
                        "POST", "\(path)/invites",
                        Body.of(
                            "workspace-invite",
                            [
                                "email": "x@example.com", "role": "king",
                                "contract_roles": ["queen"],
                            ]), 400,
                        [
                            "unknown_role /data/attributes/contract_roles/0",
                            "unknown_role /data/attributes/role",
                        ]),
                ], in: running)
        }
    }

    @Test("so have those of a workspace's members")
    func workspaceMembers() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/workspaces/\(world.workspace)/members"
            let list = try await running.request("GET", path, as: World.ada)
            let owner = list.json["data"]?.array?.first?["id"]?.string ?? ""
            func member(_ id: String, _ roles: [String]) -> JSON {
                Body.of("member", id: id, ["roles": .strings(roles)])
            }
            try await Self.check(
                [
                    .init(
                        "POST", path, member(Self.nobody, ["guest"]), 409,
                        ["not_contract_member /data/id"]),
                    .init(
                        "POST", path, member(owner, ["guest"]), 409, ["already_member /data/id"]),
                    .init(
                        "POST", path, member(world.bob.text, ["king", "guest", "queen"]), 400,
                        [
                            "unknown_role /data/attributes/roles/0",
                            "unknown_role /data/attributes/roles/2",
                        ]),
                    .init(
                        "POST", path, Body.of("member", id: owner, ["colour": "red"]), 400,
                        ["unknown_member /data/attributes/colour"]),
                    .init(
                        "PATCH", "\(path)/\(owner)", member(owner, ["guest"]), 409,
                        ["last_owner"]),
                    .init(
                        "PATCH", "\(path)/\(owner)", member(world.bob.text, ["guest"]), 409,
                        ["id_mismatch /data/id"]),
                    .init("DELETE", "\(path)/\(owner)", nil, 409, ["last_owner"]),
                    .init("DELETE", "\(path)/\(world.bob)", nil, 404, ["not_found"]),
                ], in: running)
        }
    }

    @Test("so have those of teams")
    func teams() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let path = "/v2/teams/\(world.team)"
            try await Self.check(
                [
                    .init(
                        "POST", "/v2/teams", Body.of("team", ["name": "Builders"]), 409,
                        ["name_taken /data/attributes/name"]),
                    .init(
                        "POST", "/v2/teams", as: World.bob, Body.of("team", ["name": "Mine"]),
                        403, ["forbidden"]),
                    .init(
                        "POST", "/v2/teams", as: World.eve, Body.of("team", ["name": "Mine"]),
                        400, ["contract_not_named /data/relationships/contract"]),
                    .init(
                        "PATCH", path, Body.of("team", ["name": "x"]), 400,
                        ["invalid_value /data/attributes/name"]),
                    .init(
                        "PATCH", path, Body.of("team", id: Self.nobody, ["name": "Other"]), 409,
                        ["id_mismatch /data/id"]),
                    .init(
                        "POST", "\(path)/members", Body.of("user", id: Self.nobody), 409,
                        ["not_contract_member /data/id"]),
                    .init("DELETE", "\(path)/members/\(Self.nobody)", nil, 404, ["not_found"]),
                    .init("GET", "/v2/teams/nonsense", nil, 404, ["not_found"]),
                ], in: running)
        }
    }
}
