import JSONAPI
import TestKit
import Testing

@Suite("covenant rpc asks a running suite as the operator", .serialized)
struct RPCToolTests {
    @Test("what it lists and describes can be called", .timeLimit(.minutes(2)))
    func rpc() async throws {
        try await RunningSuite.run { suite in
            try await Self.lists(suite)
            try await Self.calls(suite)
            try await Self.isRefused(suite)
            try await Self.measures(suite)
        }
    }

    private static func lists(_ suite: RunningSuite) async throws {
        for (service, method) in [
            ("identity", "identity.v1/ListRoles"), ("contracts", "contracts.v1/Authorize"),
            ("deletion-orchestrator", "deletion-orchestrator.v1/DeletionStatus"),
        ] {
            let list = try await suite.rpc(["list"], service: service)
            let line = list.text.split(separator: "\n").first { $0.hasPrefix("\(method) ") }
            #expect(line?.split(separator: " ").dropFirst() == ["unary", "safe"], "\(list)")
            #expect(list.text.contains("health.v1/Watch"))
        }
    }

    /// The example that a method is described with is a call.
    private static func calls(_ suite: RunningSuite) async throws {
        let page = try await suite.rpc(
            ["describe", "contracts.v1/ListContractStates", "--json"], service: "contracts")
        let method = try JSON(parsing: page.output)["methods"]?.array?.first
        let example = try #require(method?["example"]?.text, "\(page)")
        let answer = try await suite.rpc(
            ["call", "contracts.v1/ListContractStates", example], service: "contracts")
        #expect(answer.text == "{\"commands\":[],\"isLast\":true}\n", "\(answer)")
        let health = try await suite.rpc(["call", "health.v1/Check"], service: "identity")
        #expect(health.text == "{\"reasons\":[],\"isServing\":true}\n", "\(health)")
    }

    private static func isRefused(_ suite: RunningSuite) async throws {
        let people = try await suite.rpc(
            ["call", "identity.v1/GetUsers", "{\"users\":[]}"], service: "identity")
        #expect(people.status == 71, "\(people)")
        #expect(people.errors.hasPrefix("permission_denied: operator is not listed"), "\(people)")
        let unknown = try await suite.rpc(
            ["call", "contracts.v1/Authorize", "{\"who\":1}"], service: "contracts")
        #expect(unknown.status == 64)
        #expect(unknown.errors.hasPrefix("error: /who: unknown field"), "\(unknown)")
    }

    private static func measures(_ suite: RunningSuite) async throws {
        let figures = try await suite.rpc(
            ["bench", "health.v1/Check", "--calls", "200", "--in-flight", "4"],
            service: "flow-runtime")
        #expect(figures.status == 0)
        for name in ["calls       200 in ", "calls/s", "p50", "p90", "p99", "client CPU"] {
            #expect(figures.text.contains(name), "\(figures)")
        }
        let suspend = try await suite.rpc(
            ["bench", "deletion-orchestrator.v1/Nothing"], service: "deletion-orchestrator")
        #expect(suspend.status == 76)
    }
}
