import Foundation
import JSONAPI
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A contract's whole life on real processes", .serialized)
struct ContractLifeTests {
    @Test("from creation to proven deletion", .timeLimit(.minutes(3)))
    func wholeLife() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let sink = try await Sink()
            let ada = try await story.person("ada")
            let contract = try await story.contract("Marker Contract", owner: ada)
            try await Self.invitation(story, contract: contract, by: ada)
            let workspace = try await story.workspace(in: contract, by: ada)
            let flow = try await story.runningFlow(in: workspace, to: sink.url, by: ada)
            try await Self.work(story, flow: flow, sink: sink, by: ada)
            try await Self.suspension(story, contract: contract, flow: flow, by: ada)
            try await Self.resumption(story, contract: contract, flow: flow, sink: sink, by: ada)
            try await Self.deletion(story, contract: contract, by: ada)
            try await sink.close()
            try await suite.stop()
            try Self.nothingIsLeft(of: contract, in: suite)
        }
    }

    /// An invitation is mailed, accepted by somebody new, and dead afterwards.
    private static func invitation(
        _ story: Story, contract: String, by owner: Story.Person
    ) async throws {
        let invite = try await owner.client.post(
            "/v2/contracts/\(contract)/invites",
            [
                "data": [
                    "type": "contract-invite",
                    "attributes": ["email": "grace@example.com", "roles": ["member"]],
                ]
            ])
        try story.expect(invite, 200, "inviting")
        #expect(invite["roles"] == ["member"])
        let token = try await Self.token(mailedTo: "grace@example.com", by: story.suite)
        let anyone = Client(baseURL: story.suite.baseURL, credentials: nil)
        let acceptance: JSON = [
            "data": [
                "type": "contract-invite",
                "attributes": [
                    "first_name": "Grace", "last_name": "Example",
                    "password": .string(Story.password),
                ],
            ]
        ]
        let accepted = try await anyone.post("/v2/invites/\(token)/accept", acceptance)
        try story.expect(accepted, 200, "accepting")
        let again = try await anyone.post("/v2/invites/\(token)/accept", acceptance)
        #expect(again.status == 404, "a token is good for one use")
        let grace = try await story.withKey("grace@example.com")
        let members = try await grace.get("/v2/contracts/\(contract)/members/")
        #expect(members.body["data"]?.array?.count == 2)
    }

    private static func token(mailedTo email: String, by suite: RunningSuite) async throws -> String
    {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            for mail in try suite.mails() where mail.contains("To: \(email)") {
                if let match = mail.firstMatch(of: /\/v2\/invites\/([A-Za-z0-9_-]+)/) {
                    return String(match.output.1)
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw SuiteFailure("no invitation for \(email) in the mailbox")
    }

    /// Posts flow through a separate worker process; a killed worker loses nothing.
    private static func work(
        _ story: Story, flow: String, sink: Sink, by owner: Story.Person
    ) async throws {
        for order in 1...5 {
            let answer = try await story.hook(flow, ["order": .integer(order)])
            try story.expect(answer, 202, "posting to the hook")
        }
        try await sink.waitForDistinct(5)
        #expect(Set(sink.received) == Set((1...5).map { "{\"order\":\($0)}" }))
        let workers = try await story.suite.workerIDs()
        #expect(workers.count == 1, "one worker process for one running flow")
        for order in 6...40 {
            try story.expect(
                try await story.hook(flow, ["order": .integer(order)]), 202, "posting")
            if order == 20 { for worker in workers { kill(worker, SIGKILL) } }
        }
        try await sink.waitForDistinct(40)
        let executions = try await owner.client.poll("/v2/executions?flow_id=\(flow)") {
            $0.body["meta"]?["total"]?.integer == 40
                && $0.body["data"]?.array?.allSatisfy {
                    $0["attributes"]?["status"] == "succeeded"
                } == true
        }
        #expect(executions.status == 200)
    }

    private static func suspension(
        _ story: Story, contract: String, flow: String, by owner: Story.Person
    ) async throws {
        let suspended = try await story.admin.post("/v2/contracts/\(contract)/suspend/")
        try story.expect(suspended, 202, "suspending")
        let refused = try await story.hook(flow, ["order": 99])
        #expect(refused.status == 409)
        #expect(refused.errorCode == "contract_suspended")
        _ = try await story.admin.poll("/v2/contracts/\(contract)") { $0["status"] == "suspended" }
        #expect(try await story.suite.workerIDs().isEmpty, "no worker is left")
        let start = try await owner.client.post("/v2/flows/\(flow)/start")
        #expect(start.status == 409)
        let invite = try await owner.client.post(
            "/v2/contracts/\(contract)/invites",
            [
                "data": [
                    "type": "contract-invite",
                    "attributes": ["email": "late@example.com", "roles": ["member"]],
                ]
            ])
        #expect(invite.status == 409)
        #expect(invite.errorCode == "contract_suspended")
        #expect(try await owner.client.get("/v2/flows/\(flow)").status == 200)
        let again = try await story.admin.post("/v2/contracts/\(contract)/suspend")
        #expect(again.status == 202, "suspending twice is suspending once")
    }

    private static func resumption(
        _ story: Story, contract: String, flow: String, sink: Sink, by owner: Story.Person
    ) async throws {
        let lifted = try await story.admin.post("/v2/contracts/\(contract)/unsuspend")
        try story.expect(lifted, 204, "unsuspending")
        let view = try await owner.client.poll("/v2/contracts/\(contract)") {
            $0["status"] == "active"
        }
        #expect(view.status == 200)
        #expect(
            try await story.suite.workerIDs().isEmpty, "flows stay stopped until started by hand")
        let start = try await owner.client.poll("/v2/flows/\(flow)") {
            $0["current_status"] == "inactive"
        }
        #expect(start["status"] == "inactive")
        _ = try await Self.startWhenOpen(story, flow: flow, by: owner)
        try story.expect(try await story.hook(flow, ["order": 41]), 202, "posting again")
        try await sink.waitForDistinct(41)
    }

    /// Starts a flow; the gate opens a moment after `unsuspend` was answered.
    private static func startWhenOpen(
        _ story: Story, flow: String, by owner: Story.Person
    ) async throws -> Client.Answer {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let answer = try await owner.client.post("/v2/flows/\(flow)/start")
            if answer.status == 202 {
                return try await owner.client.poll("/v2/flows/\(flow)") {
                    $0["current_status"] == "running"
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw SuiteFailure("flow \(flow) could not be started")
    }

    private static func deletion(
        _ story: Story, contract: String, by owner: Story.Person
    ) async throws {
        let deleted = try await story.admin.delete("/v2/contracts/\(contract)")
        try story.expect(deleted, 204, "deleting")
        let location = try #require(deleted.headers["location"])
        let done = try await story.deletionDone(location)
        #expect(done.status == 200)
        let receipt = try await story.admin.get("\(location)/receipt")
        try story.expect(receipt, 200, "reading the receipt")
        #expect(!receipt.body.text.contains("example.com"), "a receipt carries no addresses")
        _ = try await story.admin.poll("/v2/contracts/\(contract)") { $0.status == 404 }
        #expect(try await story.suite.workerIDs().isEmpty)
        #expect(
            try await owner.client.get("/v2/users/me").status == 401,
            "the owner had no other contract")
    }

    /// Names and addresses are in no file of any database.
    private static func nothingIsLeft(of contract: String, in suite: RunningSuite) throws {
        let files = try suite.databaseFiles()
        #expect(files.count >= 4)
        let markers = [
            "Marker Contract", "ada@example.com", "grace@example.com", "My first Workspace",
        ]
        for file in files {
            let bytes = try Data(contentsOf: file)
            for marker in markers {
                #expect(
                    bytes.range(of: Data(marker.utf8)) == nil,
                    "\(file.lastPathComponent) still holds \(marker)")
            }
        }
    }
}
