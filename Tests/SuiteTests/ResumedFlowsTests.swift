import JSONAPI
import Testing

@Suite("Lifting a suspension can start again what it stopped", .serialized)
struct ResumedFlowsTests {
    @Test(
        "the two flows that ran are started, the one that was stopped before is not",
        .timeLimit(.minutes(3)))
    func resumption() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let sink = try await Sink()
            let ada = try await story.person("ada")
            let contract = try await story.contract("Resumed", owner: ada)
            let workspace = try await story.workspace(in: contract, by: ada)
            var flows: [String] = []
            for _ in 0..<3 {
                flows.append(
                    try await story.runningFlow(in: workspace, to: sink.url, by: ada))
            }
            let stopped = flows[1]
            try story.expect(
                try await ada.client.post("/v2/flows/\(stopped)/stop"), 202, "stopping one")
            _ = try await Self.view(of: stopped, when: "inactive", by: ada)

            try story.expect(
                try await story.admin.post("/v2/contracts/\(contract)/suspend"), 202, "suspending")
            _ = try await story.admin.poll("/v2/contracts/\(contract)") {
                $0["status"] == "suspended"
            }
            #expect(try await suite.workerIDs().isEmpty, "no worker is left")

            let lifted = try await story.admin.post(
                "/v2/contracts/\(contract)/unsuspend",
                ["data": ["type": "contract", "attributes": ["resume_flows": true]]])
            try story.expect(lifted, 204, "unsuspending")
            for flow in flows where flow != stopped {
                let view = try await Self.view(of: flow, when: "running", by: ada)
                #expect(view["status"] == "active", "\(flow) is meant to run")
            }
            try await Self.delivers(flows.filter { $0 != stopped }, to: sink, story)
            let view = try await ada.client.get("/v2/flows/\(stopped)")
            #expect(view["status"] == "inactive" && view["current_status"] == "inactive")
            #expect(try await story.hook(stopped, ["order": 9]).status == 404)
            #expect(try await suite.workerIDs().count == 2, "one worker for each of the two")
            try await sink.close()
        }
    }

    private static func view(
        of flow: String, when status: JSON, by person: Story.Person
    ) async throws -> Client.Answer {
        try await person.client.poll("/v2/flows/\(flow)") { $0["current_status"] == status }
    }

    /// What is posted to the flows arrives.
    private static func delivers(_ flows: [String], to sink: Sink, _ story: Story) async throws {
        for (number, flow) in flows.enumerated() {
            try story.expect(
                try await story.hook(flow, ["order": .integer(number + 1)]), 202, "posting")
        }
        try await sink.waitForDistinct(flows.count)
    }
}
