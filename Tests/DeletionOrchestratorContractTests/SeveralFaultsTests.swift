import HTTP2
import JSONAPI
import TestKit
import Testing

/// Bodies whose shape is wrong in one place and whose meaning is wrong in another.
@Suite("Bodies with several faults, for the deletion orchestrator")
struct SeveralFaultsTests {
    @Test("every operation with a body of several parts tells all of them at once")
    func all() async throws {
        try await RunningOrchestrator.with { orchestrator in
            #expect(!orchestrator.routes.isEmpty)
            #expect(FaultyBody.untried(orchestrator.routes, by: Self.bodies) == [])
            for faulty in Self.bodies {
                let method = try #require(
                    faulty.method(in: orchestrator.routes), "\(faulty.operation)")
                let answer = try await orchestrator.request(
                    method, faulty.path, as: faulty.caller, body: faulty.body.text)
                #expect(answer.status == 400, "\(faulty.operation): \(answer.text)")
                #expect(faulty.missed(in: answer) == [], "\(faulty.operation): \(answer.text)")
            }
        }
    }

    @Test("a body where none is taken is refused and changes nothing")
    func unasked() async throws {
        try await RunningOrchestrator.with { orchestrator in
            try await orchestrator.begin()
            let before = try await orchestrator.request("GET", RunningOrchestrator.path)
            let answer = try await orchestrator.request(
                "POST", "\(RunningOrchestrator.path)/retry", body: "{}",
                fields: ["content-type": "application/json"])
            #expect(answer.status == 400, "\(answer.text)")
            let after = try await orchestrator.request("GET", RunningOrchestrator.path)
            #expect(after.json == before.json)
        }
    }

    /// None of its operations takes a body so far.
    private static let bodies: [FaultyBody] = []
}
