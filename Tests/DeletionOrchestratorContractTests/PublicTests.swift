import Crypto
import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Deletions in public")
struct PublicTests {
    static let paths = [
        ("GET", "/v2/deletions"), ("GET", RunningOrchestrator.path),
        ("GET", "\(RunningOrchestrator.path)/receipt"),
        ("POST", "\(RunningOrchestrator.path)/retry"),
    ]

    @Test("nothing is shown to somebody who does not prove who they are", arguments: Self.paths)
    func unauthenticated(method: String, path: String) async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            for email in [nil, "nobody@one"] {
                let answer = try await orchestrator.request(method, path, as: email)
                #expect(answer.status == 401)
                #expect(answer.fields.first("www-authenticate")?.hasPrefix("Basic ") == true)
            }
        }
    }

    @Test(
        "to everybody but the tenant's admins a deletion does not exist",
        arguments: paths.dropFirst())
    func strangers(method: String, path: String) async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            for email in ["user@one", "admin@two"] {
                let answer = try await orchestrator.request(method, path, as: email)
                #expect(answer.status == 404)
                #expect(answer.errors == ["not_found"])
            }
        }
    }

    @Test("every operation is authorised by one of these tests")
    func covered() async throws {
        try await RunningOrchestrator.with { orchestrator in
            let declared = Set(
                orchestrator.routes.filter { $0.authentication != .none }
                    .map { "\($0.method.rawValue) \($0.path.text)" })
            let tested = Set(
                Self.paths.map { method, path in
                    let template = path.split(separator: "/").map {
                        $0 == RunningOrchestrator.deletion ? "{deletion_id}" : String($0)
                    }
                    return "\(method) /\(template.joined(separator: "/"))"
                })
            #expect(declared == tested)
        }
    }

    @Test("a deletion shows its state, its kinds and why it waits")
    func show() async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            for path in [RunningOrchestrator.path, RunningOrchestrator.path + "/"] {
                let answer = try await orchestrator.request("GET", path)
                #expect(answer.status == 200)
                let data = answer.json["data"]
                #expect(data?["type"]?.string == "deletion")
                #expect(data?["id"]?.string == RunningOrchestrator.deletion)
                #expect(data?["links"]?["self"]?.string == RunningOrchestrator.path)
                let contract = data?["relationships"]?["contract"]?["data"]
                #expect(contract?["id"]?.string == RunningOrchestrator.contract)
                #expect(answer.attributes["state"]?.string == "accepted")
                #expect(answer.attributes["conditions"]?.array == [])
                #expect(answer.attributes["kinds"]?.array?.count == 10)
                #expect(answer.attributes["attempts"]?.integer == 0)
                #expect(answer.attributes["next_attempt_at"] == .null)
                #expect(
                    answer.attributes["requested_at"]?.string == "2023-11-14T22:13:18.000Z")
            }
            let receipt = try await orchestrator.request(
                "GET", "\(RunningOrchestrator.path)/receipt")
            #expect(receipt.status == 404)
        }
    }

    @Test("the list is of the admin's tenant, and can be narrowed to a contract")
    func list() async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            let rows: [(path: String, email: String, total: Int64)] = [
                ("/v2/deletions", "admin@one", 1), ("/v2/deletions", "admin@two", 0),
                (
                    "/v2/deletions?filter[contract]=\(RunningOrchestrator.contract)", "admin@one",
                    1
                ),
                (
                    "/v2/deletions?filter[contract]=\(RunningOrchestrator.tenant)", "admin@one", 0
                ),
                ("/v2/deletions?page[number]=2&page[size]=1", "admin@one", 1),
            ]
            for row in rows {
                let answer = try await orchestrator.request("GET", row.path, as: row.email)
                #expect(answer.status == 200)
                #expect(answer.json["meta"]?["total"]?.integer == row.total, "\(row.path)")
            }
            let user = try await orchestrator.request("GET", "/v2/deletions", as: "user@one")
            #expect(user.status == 403)
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var body = ""
        var status: Int
        var errors: [String]?
        var testDescription: String { "\(self.method) \(self.path)" }
    }

    static let faults = [
        Fault(
            method: "GET", path: "/v2/deletions?color=red&filter[contract]=x", status: 400,
            errors: ["unknown_parameter color", "invalid_parameter filter[contract]"]),
        Fault(
            method: "GET", path: "/v2/deletions?page[size]=101", status: 400,
            errors: ["invalid_parameter page[size]"]),
        Fault(method: "GET", path: "/v2/deletions/nonsense", status: 404, errors: ["not_found"]),
        Fault(
            method: "GET", path: "/v2/deletions/\(RunningOrchestrator.tenant)", status: 404,
            errors: ["not_found"]),
        Fault(method: "GET", path: "/v2/deletion", status: 404),
        Fault(method: "DELETE", path: RunningOrchestrator.path, status: 405),
        Fault(method: "GET", path: "\(RunningOrchestrator.path)/retry", status: 405),
        Fault(
            method: "POST", path: "\(RunningOrchestrator.path)/retry", body: "{}", status: 400),
    ]

    @Test("a wrong request is told what is wrong with it, and changes nothing", arguments: faults)
    func wrong(fault: Fault) async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            let before = try await orchestrator.request("GET", RunningOrchestrator.path)
            let answer = try await orchestrator.request(
                fault.method, fault.path, body: fault.body)
            #expect(answer.status == fault.status)
            #expect(!answer.errors.isEmpty)
            if let errors = fault.errors { #expect(answer.errors == errors) }
            if fault.status == 405 { #expect(answer.fields.first("allow") != nil) }
            let after = try await orchestrator.request("GET", RunningOrchestrator.path)
            #expect(after.json == before.json)
        }
    }

    @Test("a deletion that waits goes on when told, is followed to its end, and is proven")
    func life() async throws {
        try await RunningOrchestrator.with(isWorking: true) { orchestrator in
            try await orchestrator.begin()
            let head = try RunningOrchestrator.head(
                "GET", RunningOrchestrator.path, as: "admin@one",
                fields: ["accept": "text/event-stream"])
            let stream = try await orchestrator.connection.open(HTTP2ClientRequest(head: head))
            var text = ""
            while !text.contains("ServiceUnreachable(flow-runtime)") {
                let piece = try #require(try await stream.next())
                text += String(decoding: piece, as: UTF8.self)
            }
            #expect(text.hasPrefix("event: progress\ndata: {\"data\":{\"id\":"))
            #expect(!text.contains("event: done"))
            orchestrator.peers.becomeReachable()
            let retry = try await orchestrator.request(
                "POST", "\(RunningOrchestrator.path)/retry")
            #expect(retry.status == 202)
            while let piece = try await stream.next() {
                text += String(decoding: piece, as: UTF8.self)
            }
            #expect(text.contains("event: done\ndata: {\"data\":{\"id\":"))
            let answer = try await orchestrator.request("GET", RunningOrchestrator.path)
            #expect(answer.attributes["state"]?.string == "done")
            #expect(answer.attributes["remaining"]?.integer == 0)
            try await Self.checkReceipt(orchestrator)
        }
    }

    /// Verifies the receipt with nothing but what the public API gives.
    private static func checkReceipt(_ orchestrator: RunningOrchestrator) async throws {
        let answer = try await orchestrator.request("GET", "\(RunningOrchestrator.path)/receipt")
        #expect(answer.status == 200)
        let key = try await orchestrator.request("GET", "/v2/deletions/receipt-key", as: nil)
        let publicKey = try #require(key.attributes["public_key"]?.string)
        #expect(answer.attributes["public_key"]?.string == publicKey)
        let document = Array(try #require(answer.attributes["document"]?.string).utf8)
        let signature = try #require(answer.attributes["signature"]?.string)
        let verifier = try Curve25519.Signing.PublicKey(
            rawRepresentation: Hex.bytes(publicKey))
        #expect(verifier.isValidSignature(Hex.bytes(signature), for: document))
        let digest = Array(SHA256.hash(data: document))
        #expect(answer.attributes["sha256"]?.string == Hex.text(digest))
        #expect(orchestrator.peers.receiptDigests == [digest])
        let receipt = try JSON(parsing: document)
        #expect(receipt["contract"]?.string == RunningOrchestrator.contract)
        #expect(receipt["previous"] == .null)
    }
}
