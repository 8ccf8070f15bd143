import ContractsFakes
import Foundation
import HTTP2
import Identifiers
import JSONAPI
import Storage
import TestKit
import Testing

@Suite("GET contracts/{id}/audit")
struct AuditTests {
    static let ndjson: HTTP2Fields = ["accept": "application/x-ndjson"]

    @Test("a page has the entries, how many there are and where the chain ends")
    func page() async throws {
        try await RunningContracts.with { running in
            let (id, owner) = try await running.contract()
            let answer = try await running.request(
                "GET", "/v2/contracts/\(id)/audit?page[size]=1&page[number]=2",
                fields: ["x-request-id": "reading"])
            #expect(answer.status == 200)
            let entry = answer.json["data"]?.array?.first
            let chain = entry?["attributes"]?["chain"]
            let sealed = chain?["sealed"]?.array?.compactMap(\.string) ?? []
            #expect(
                entry?.object?.names == ["id", "type", "attributes", "relationships"])
            #expect(entry?["id"] == .string("\(id)-2"))
            #expect(
                entry?["attributes"]?.object?.names == [
                    "number", "at", "action", "actor", "request_id", "subject", "before",
                    "after", "chain",
                ])
            #expect(entry?["attributes"]?["action"] == "member.add")
            #expect(entry?["attributes"]?["subject"] == .string("user/\(owner)"))
            #expect(sealed.count == 8)
            #expect(sealed[4].hasPrefix("sha256:"), "no person stands in the chain itself")
            #expect(!answer.text.contains("example.com"))
            #expect(
                answer.json["meta"] == [
                    "page": 2, "per_page": 1, "total": 2, "total_pages": 2,
                    "head": ["number": 2, "hash": try #require(chain?["hash"])],
                ])
        }
    }

    @Test("filters choose by action, actor and time")
    func filters() async throws {
        try await RunningContracts.with { running in
            let (id, owner) = try await running.contract()
            running.clock.advance(milliseconds: 60_000)
            _ = try await running.request(
                "PATCH", "/v2/contracts/\(id)", as: "ada@example.com",
                body: ["data": ["type": "contract", "attributes": ["name": "Renamed"]]])
            let late = "2999-01-01T00:00:00Z"
            let cases: [(String, [String])] = [
                ("filter[action]=member.add", ["member.add"]),
                ("filter[actor]=\(owner)", ["contract.update"]),
                ("filter[since]=\(late)", []),
                ("filter[until]=\(late)&filter[action]=contract.create", ["contract.create"]),
            ]
            for (query, actions) in cases {
                let path = "/v2/contracts/\(id)/audit?\(query)"
                let answer = try await running.request("GET", path)
                let found = answer.json["data"]?.array?.compactMap {
                    $0["attributes"]?["action"]?.string
                }
                #expect(found == actions, "\(query)")
                #expect(answer.json["meta"]?["total"] == .integer(actions.count), "\(query)")
                let export = try await running.request("GET", path, fields: Self.ndjson)
                #expect(export.text.split(separator: "\n").count == actions.count, "\(query)")
            }
        }
    }

    @Test("an export has an entry a line, the same as the pages have")
    func export() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            let path = "/v2/contracts/\(id)/audit"
            let export = try await running.request("GET", path, fields: Self.ndjson)
            #expect(export.status == 200)
            #expect(export.fields.first("content-type") == "application/x-ndjson")
            let lines = try export.text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            let pages = try await running.request("GET", path)
            #expect(.array(lines) == pages.json["data"])
        }
    }

    @Test("only a Tenant Admin reads it, also when the contract is gone")
    func access() async throws {
        try await RunningContracts.with { running in
            let (id, _) = try await running.contract()
            running.peers.addPerson("eve@example.com")
            let path = "/v2/contracts/\(id)/audit"
            let admin = RunningContracts.admin
            let nobody = "5b87aded2dfb980011537690"
            let cases: [(String, String?, HTTP2Fields, Int, [String])] = [
                (path, nil, [:], 401, ["unauthenticated Authorization"]),
                (path, "eve@example.com", [:], 404, ["not_found"]),
                (path, "eve@example.com", Self.ndjson, 404, ["not_found"]),
                (path, "ada@example.com", [:], 403, ["forbidden"]),
                ("/v2/contracts/\(nobody)/audit", admin, [:], 404, ["not_found"]),
                (path, admin, ["accept": "text/html"], 406, ["not_acceptable Accept"]),
                (
                    "\(path)?filter[since]=now&filter[colour]=red&filter[actor]=x", admin, [:],
                    400,
                    [
                        "invalid_parameter filter[since]", "unknown_parameter filter[colour]",
                        "invalid_parameter filter[actor]",
                    ]
                ),
                (
                    "\(path)?page[size]=5", admin, Self.ndjson, 400,
                    ["invalid_parameter page[size]"]
                ),
            ]
            for (path, email, fields, status, errors) in cases {
                let answer = try await running.request("GET", path, as: email, fields: fields)
                #expect(answer.status == status, "\(path): \(answer.text)")
                #expect(answer.errors == errors, "\(path)")
            }
            try await running.database.write { transaction in
                try transaction.execute("DELETE FROM contract_member WHERE contract_id = ?", [id])
                try transaction.execute("DELETE FROM contract WHERE id = ?", [id])
            }
            #expect(try await running.request("GET", path).status == 200)
            #expect(try await running.request("GET", path, as: "ada@example.com").status == 404)
        }
    }
}
