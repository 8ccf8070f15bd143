import JSONAPI
import Testing

@Suite("Whatever service is killed, suspension and deletion complete", .serialized)
struct FaultTests {
    static let services = ["identity", "contracts", "flow-runtime", "deletion-orchestrator"]

    @Test(
        "killed during suspension and during deletion, one service after another",
        .timeLimit(.minutes(5)))
    func everyService() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let sink = try await Sink()
            for (number, service) in Self.services.enumerated() {
                let owner = try await story.person("owner\(number)")
                let contract = try await story.contract("Killed \(service)", owner: owner)
                let workspace = try await story.workspace(in: contract, by: owner)
                let flow = try await story.runningFlow(in: workspace, to: sink.url, by: owner)
                try story.expect(
                    try await story.hook(flow, ["order": .integer(number)]), 202, "posting")
                try await sink.waitForDistinct(number + 1)
                try await Self.suspend(contract, killing: service, story)
                try await Self.delete(contract, killing: service, story)
                #expect(try await suite.workerIDs().isEmpty)
            }
            try await sink.close()
        }
    }

    private static func suspend(
        _ contract: String, killing service: String, _ story: Story
    ) async throws {
        try story.expect(
            try await story.admin.post("/v2/contracts/\(contract)/suspend"), 202, "suspending")
        try await story.suite.killService(service)
        _ = try await story.admin.poll("/v2/contracts/\(contract)") { $0["status"] == "suspended" }
    }

    private static func delete(
        _ contract: String, killing service: String, _ story: Story
    ) async throws {
        let deleted = try await Self.deleteWhenReachable(contract, story)
        try await story.suite.killService(service)
        let location = try #require(deleted.headers["location"])
        _ = try await story.deletionDone(location)
        let receipt = try await story.admin.get("\(location)/receipt")
        try story.expect(receipt, 200, "reading the receipt")
        _ = try await story.admin.poll("/v2/contracts/\(contract)") { $0.status == 404 }
    }

    /// A client asks again when a service that was just killed is not back yet.
    private static func deleteWhenReachable(
        _ contract: String, _ story: Story
    ) async throws -> Client.Answer {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let answer = try await story.admin.delete("/v2/contracts/\(contract)")
            if answer.status == 204 { return answer }
            guard answer.status == 503 || answer.status == 502 || answer.status == 504 else {
                throw SuiteFailure("deleting: \(answer.status) \(answer.body.text)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw SuiteFailure("\(contract) could not be deleted")
    }
}
