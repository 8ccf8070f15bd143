import ContractsDomain
import ContractsFakes
import FlowRuntimeAPI
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("The public API of contracts")
struct PublicContractTests {
    @Test("creating takes the documents' body and answers the documents' shape")
    func create() async throws {
        try await RunningContracts.with { running in
            let answer = try await running.request(
                "POST", "/v2/contracts",
                text: """
                    {"data": {"type": "contract", "attributes": {"name": "My Contract",
                    "support_user_id": "", "available_roles": [
                    {"scope": "contracts", "role": "admin"},
                    {"scope": "workspaces", "role": "admin"}]}}}
                    """)
            #expect(answer.status == 200)
            let id = try #require(answer.json["data"]?["id"]?.string)
            #expect(answer.json.object?.names == ["data", "meta"])
            #expect(answer.json["data"]?["type"] == "contract")
            #expect(answer.json["data"]?["links"]?["self"] == .string("/v2/contracts/\(id)"))
            let attributes = answer.json["data"]?["attributes"]
            #expect(attributes?["name"] == "My Contract")
            #expect(attributes?["status"] == "active")
            #expect(attributes?["support_user_id"] == .null)
            let roles = attributes?["available_roles"]?.array?.map {
                "\($0["scope"]?.string ?? "").\($0["role"]?.string ?? "")"
            }
            #expect(
                roles == [
                    "contracts.admin", "workspaces.admin", "contracts.owner", "workspaces.owner",
                ])
        }
    }

    @Test("a contract, its members and its invites have the documents' shapes")
    func read() async throws {
        try await RunningContracts.with { running in
            let (id, owner) = try await running.contract()
            let invited = try await running.request(
                "POST", "/v2/contracts/\(id)/invites/", as: "ada@example.com",
                body: [
                    "data": [
                        "type": "contract-invite",
                        "attributes": ["email": "bob@example.com", "role": "member"],
                    ]
                ])
            #expect(invited.status == 200)
            #expect(invited.json["data"]?["attributes"]?["role"] == "member")
            #expect(invited.json["data"]?["attributes"]?["roles"] == ["member"])
            let answer = try await running.request(
                "GET", "/v2/contracts/\(id)/?include=members,invites", as: "ada@example.com")
            #expect(answer.status == 200)
            let relationships = answer.json["data"]?["relationships"]
            #expect(
                relationships?["members"] == [
                    "data": [["id": .string(owner.text), "type": "contract-member"]],
                    "links": ["self": .string("/v2/contracts/\(id)/members/")],
                ])
            let invites = relationships?["invites"]?["data"]?.array
            #expect(invites?.map { $0["type"] } == ["contract-invite"])
            let included = answer.json["included"]?.array
            #expect(
                included?.first == [
                    "id": .string(owner.text), "type": "contract-member",
                    "attributes": [
                        "first_name": "Ada", "last_name": "King", "role": "owner",
                        "roles": ["owner"], "email": "ada@example.com",
                    ],
                    "relationships": [
                        "user": [
                            "data": ["id": .string(owner.text), "type": "user"],
                            "links": ["self": .string("/v2/users/\(owner)")],
                        ]
                    ],
                ])
            #expect(answer.json["links"]?["self"] == .string("/v2/contracts/\(id)"))
            let list = try await running.request("GET", "/v2/contracts", as: "ada@example.com")
            #expect(
                list.json["meta"] == ["page": 1, "per_page": 20, "total": 1, "total_pages": 1])
            let members = try await running.request(
                "GET", "/v2/contracts/\(id)/members/", as: "ada@example.com")
            #expect(members.json["meta"] == [:])
            #expect(members.json["links"]?["self"] == .string("/v2/contracts/\(id)/members"))
            let roles = try await running.request(
                "GET", "/v2/contracts/\(id)/roles", as: "ada@example.com")
            #expect(roles.json["data"]?["type"] == "contract-policy")
            #expect(
                roles.json["data"]?["attributes"]?["roles"]?.array?.first?.object?.names
                    == ["scope", "role", "permissions", "i18n"])
        }
    }

    @Test("every fault of a body is told at once, with its place")
    func faults() async throws {
        try await RunningContracts.with { running in
            let schema = try await running.request(
                "POST", "/v2/contracts",
                body: [
                    "data": [
                        "type": "contract",
                        "attributes": ["name": "a.", "support_user_id": "x", "colour": "red"],
                    ]
                ])
            #expect(schema.status == 400)
            #expect(
                Set(schema.errors) == [
                    "invalid_value /data/attributes/name",
                    "invalid_value /data/attributes/support_user_id",
                    "unknown_member /data/attributes/colour",
                ])
            let meaning = try await running.request(
                "POST", "/v2/contracts",
                body: [
                    "data": [
                        "type": "contract",
                        "attributes": [
                            "name": "My Contract",
                            "support_user_id": "5b87aded2dfb980011537690",
                            "available_roles": [["scope": "contracts", "role": "king"]],
                        ],
                    ]
                ])
            #expect(
                Set(meaning.errors) == [
                    "unknown_role /data/attributes/available_roles/0",
                    "invalid_value /data/attributes/support_user_id",
                ])
            let list = try await running.request("GET", "/v2/contracts")
            #expect(list.json["data"] == [], "nothing was made")
        }
    }

    @Test("what a body says is held against the rules also when its shape is wrong")
    func faultsOfBothKinds() async throws {
        try await RunningContracts.with { running in
            let contract: JSON = [
                "data": [
                    "type": "contract",
                    "attributes": [
                        "name": "a.", "support_user_id": "5b87aded2dfb980011537690",
                        "available_roles": [
                            ["scope": "contracts", "role": "king"], ["scope": "x", "role": "y"],
                        ],
                    ],
                ]
            ]
            let made = try await running.request("POST", "/v2/contracts", body: contract)
            #expect(made.status == 400)
            #expect(
                made.errors == [
                    "invalid_value /data/attributes/name",
                    "invalid_value /data/attributes/available_roles/1/scope",
                    "unknown_role /data/attributes/available_roles/0",
                    "invalid_value /data/attributes/support_user_id",
                ])
            let (id, _) = try await running.contract()
            let path = "/v2/contracts/\(id)"
            let renamed = try await running.request("PATCH", path, body: contract)
            #expect(
                Set(renamed.errors) == [
                    "invalid_value /data/attributes/name",
                    "unknown_member /data/attributes/support_user_id",
                    "invalid_value /data/attributes/available_roles/1/scope",
                    "unknown_role /data/attributes/available_roles/0",
                ])
            let invite: JSON = [
                "data": [
                    "type": "contract-invite",
                    "attributes": [
                        "email": "bad", "roles": ["member", "king"], "workspace_role": "queen",
                    ],
                ]
            ]
            let invited = try await running.request(
                "POST", "\(path)/invites", as: "ada@example.com", body: invite)
            #expect(
                invited.errors == [
                    "invalid_value /data/attributes/email",
                    "unknown_role /data/attributes/roles/1",
                    "unknown_role /data/attributes/workspace_role",
                    // The workspace that the role is in.
                    "missing /data/attributes",
                ])
            _ = running.peers.addPerson("eve@example.com")
            let stranger = try await running.request(
                "POST", "\(path)/invites", as: "eve@example.com", body: invite)
            #expect(stranger.errors == ["invalid_value /data/attributes/email"])
        }
    }

    @Test("each refusal has its status and its word")
    func refusals() async throws {
        try await RunningContracts.with { running in
            let (id, owner) = try await running.contract()
            let eve = running.peers.addPerson("eve@example.com")
            let path = "/v2/contracts/\(id)"
            let admin = RunningContracts.admin
            let ada = "ada@example.com"
            let nobody = "5b87aded2dfb980011537690"
            let cases: [(String, String, String?, JSON?, Int, [String])] = [
                ("GET", path, nil, nil, 401, ["unauthenticated Authorization"]),
                ("GET", path, "eve@example.com", nil, 404, ["not_found"]),
                ("GET", "/v2/contracts/\(nobody)", admin, nil, 404, ["not_found"]),
                ("GET", "/v2/contracts/nonsense", admin, nil, 404, ["not_found"]),
                ("PUT", path, admin, nil, 405, ["method_not_allowed"]),
                ("GET", "\(path)?colour=red", admin, nil, 400, ["unknown_parameter colour"]),
                ("GET", "\(path)/members", admin, nil, 403, ["forbidden"]),
                ("DELETE", path, ada, nil, 403, ["forbidden"]),
                (
                    "POST", "\(path)/members", admin, RunningContracts.member(nobody, ["admin"]),
                    404, ["not_found"]
                ),
                (
                    "POST", "\(path)/members", admin,
                    RunningContracts.member(eve.text, ["king", "admin", "queen"]), 400,
                    [
                        "unknown_role /data/attributes/roles/0",
                        "unknown_role /data/attributes/roles/2",
                    ]
                ),
                (
                    "POST", "\(path)/members", admin,
                    RunningContracts.member(owner.text, ["admin"]), 409, ["already_member"]
                ),
                (
                    "PATCH", "\(path)/members/\(owner)", ada,
                    RunningContracts.member(eve.text, ["admin"]), 409,
                    ["id_mismatch /data/id"]
                ),
                (
                    "PATCH", "\(path)/members/\(owner)", ada,
                    RunningContracts.member(owner.text, ["admin"]), 409, ["last_owner"]
                ),
                ("DELETE", "\(path)/members/\(eve)", ada, nil, 404, ["not_found"]),
                ("GET", "/v2/invites/forged", nil, nil, 404, ["not_found"]),
                ("POST", "/v2/invites/forged/accept", nil, nil, 404, ["not_found"]),
                ("GET", "/v2/workspaces/\(nobody)", ada, nil, 404, ["not_found"]),
            ]
            for (method, path, email, body, status, errors) in cases {
                let answer = try await running.request(method, path, as: email, body: body)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(answer.errors == errors, "\(method) \(path)")
            }
            let large = try await running.request(
                "POST", "/v2/contracts", text: String(repeating: " ", count: 20_000))
            #expect(large.status == 413)
        }
    }

    @Test("a suspension is answered with 202, told in the contract and in every refusal")
    func suspension() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            let path = "/v2/contracts/\(id)"
            for body in [["reason": "unpaid"], nil] as [JSON?] {
                let answer = try await running.request("POST", "\(path)/suspend/", body: body)
                #expect(answer.status == 202)
                #expect(answer.json["data"]?["attributes"]?["status"] == "suspending")
            }
            let view = try await running.request("GET", path)
            #expect(
                view.json["data"]?["attributes"]?["suspension"]?["reason"] == "unpaid")
            let refused = try await running.request(
                "POST", "\(path)/invites", as: "ada@example.com",
                body: [
                    "data": [
                        "type": "contract-invite",
                        "attributes": ["email": "bob@example.com", "roles": ["member"]],
                    ]
                ])
            #expect(refused.status == 409)
            #expect(refused.errors == ["contract_suspended"])
            let meta = refused.json["errors"]?.array?.first?["meta"]
            #expect(meta?["state"] == "suspending")
            #expect(meta?["reason"] == "unpaid")
            #expect(meta?["since"] == .time(running.clock.nowMilliseconds))
            let early = try await running.request("POST", "\(path)/unsuspend")
            #expect(early.status == 409)
            #expect(early.errors == ["contract_suspending"])
            let past = try await running.request(
                "POST", "\(path)/suspend",
                body: [
                    "data": [
                        "type": "contract", "attributes": ["until": "2020-01-01T00:00:00Z"],
                    ]
                ])
            #expect(past.errors == ["invalid_value /data/attributes/until"])
        }
    }

    @Test("a deletion is answered with 204 and its place, again and again")
    func deletion() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            let path = "/v2/contracts/\(id)"
            running.peers.blockers = [
                .init(
                    flow: FlowID(secondsSince1970: 1),
                    component: ComponentID(secondsSince1970: 2))
            ]
            let refused = try await running.request("DELETE", path)
            #expect(refused.status == 409)
            #expect(refused.errors == ["components_in_use"])
            let meta = refused.json["errors"]?.array?.first?["meta"]
            #expect(meta?["total"] == 1)
            #expect(meta?["blockers"]?.array?.first?.object?.names == ["flow", "component"])
            running.peers.blockers = []
            let first = try await running.request("DELETE", path)
            #expect(first.status == 204)
            let location = try #require(first.fields.first("location"))
            #expect(location.hasPrefix("/v2/deletions/"))
            let second = try await running.request("DELETE", path)
            #expect(second.fields.first("location") == location)
            let view = try await running.request("GET", path)
            #expect(view.json["data"]?["attributes"]?["status"] == "deleting")
            let members = try await running.request(
                "GET", "\(path)/members", as: "ada@example.com")
            #expect(members.errors == ["contract_deleting"])
        }
    }

    @Test("a change may depend on the contract being as it was seen")
    func entityTags() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            let path = "/v2/contracts/\(id)"
            let seen = try await running.request("GET", path)
            let tag = try #require(seen.fields.first("etag"))
            func rename(_ name: String, ifMatch tag: String?) async throws -> PublicAnswer {
                try await running.request(
                    "PATCH", path,
                    body: [
                        "data": [
                            "type": "contract", "id": .string(id),
                            "attributes": ["name": .string(name)],
                        ]
                    ], fields: tag.map { ["if-match": $0] } ?? [:])
            }
            #expect(try await rename("First", ifMatch: tag).status == 200)
            #expect(try await rename("Second", ifMatch: tag).status == 412)
            #expect(try await rename("Third", ifMatch: nil).status == 200)
            let view = try await running.request("GET", path)
            #expect(view.json["data"]?["attributes"]?["name"] == "Third")
        }
    }

    @Test("a workspace is made as the documents show, in the only contract or the one named")
    func workspaces() async throws {
        try await RunningContracts.with { running in
            let (id, owner) = try await running.contract()
            let body: JSON = [
                "data": ["type": "workspace", "attributes": ["name": "My first Workspace"]]
            ]
            let made = try await running.request(
                "POST", "/v2/workspaces", as: "ada@example.com", body: body)
            #expect(made.status == 200)
            let workspace = try #require(made.json["data"]?["id"]?.string)
            #expect(
                made.json["data"]?["relationships"] == [
                    "contract": [
                        "data": ["id": .string(id), "type": "contract"],
                        "links": ["self": .string("/v2/contracts/\(id)")],
                    ],
                    "members": [
                        "data": [["id": .string(owner.text), "type": "member"]],
                        "links": ["self": .string("/v2/workspaces/\(workspace)/members/")],
                    ],
                ])
            let nowhere = try await running.request("POST", "/v2/workspaces", body: body)
            #expect(nowhere.errors == ["contract_not_named /data/relationships/contract"])
            let list = try await running.request(
                "GET", "/v2/workspaces?contract_id=\(id)", as: "ada@example.com")
            #expect(list.json["meta"]?["total"] == 1)
        }
    }

    @Test("every operation has a row in the access table, and every row an operation")
    func coverage() async throws {
        try await RunningContracts.with { running in
            #expect(Set(running.routes.map(\.id)) == Set(PublicCall.allCases.map(\.rawValue)))
            let description = OpenAPI(
                title: "Contracts", version: "2", routes: running.routes
            ).json
            let members = description["paths"]?["/v2/contracts/{contract_id}/members"]
            #expect(members?.object?.names == ["get", "post"])
            let accept = description["paths"]?["/v2/invites/{token}/accept"]?["post"]
            #expect(
                accept?["security"] == [[:], ["basic": []], ["session": [], "antiForgery": []]])
        }
    }
}
