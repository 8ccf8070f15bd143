import Foundation
import JSONAPI
import Testing

@Suite("Components between contracts on real processes", .serialized)
struct ComponentLifeTests {
    @Test(
        "a component that another contract's flow uses stands against a deletion until the flow goes",
        .timeLimit(.minutes(3)))
    func blocksDeletion() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let sink = try await Sink()
            let (ada, grace) = (try await story.person("ada"), try await story.person("grace"))
            let maker = try await story.contract("Component Maker", owner: ada)
            let user = try await story.contract("Component User", owner: grace)
            let component = try await Self.component(of: maker, story)
            let workspace = try await story.workspace(in: user, by: grace)
            let flow = try await Self.flow(in: workspace, to: sink.url, story, by: grace)
            try story.expect(try await story.hook(flow, ["name": "Ada"]), 202, "posting")
            try await sink.waitForDistinct(1)
            #expect(sink.received == [#"{"greeting":"Hello Ada"}"#])
            try await Self.isBlocked(maker, by: flow, using: component, story)
            try await Self.remove(flow, of: user, story, by: grace)
            try await Self.isErased(maker, story)
            try await sink.close()
            try await suite.stop()
            try Self.nothingIsLeft(in: suite)
        }
    }

    private static let marker = "Marker of a component"

    /// Makes a team, a component of it that is open to the tenant, and a version in Python.
    private static func component(of contract: String, _ story: Story) async throws -> String {
        let team = try await story.admin.post(
            "/v2/teams",
            [
                "data": [
                    "type": "team", "attributes": ["name": "Acme"],
                    "relationships": [
                        "contract": ["data": ["type": "contract", "id": .string(contract)]]
                    ],
                ]
            ])
        try story.expect(team, 200, "making a team")
        let made = try await story.admin.post(
            "/v2/components",
            [
                "data": [
                    "type": "component",
                    "attributes": ["name": "greeter", "access": "tenant"],
                    "relationships": ["team": ["data": ["type": "team", "id": .string(team.id)]]],
                ]
            ])
        try story.expect(made, 200, "making a component")
        let program = """
            # \(Self.marker)
            import json, sys
            for line in sys.stdin:
                name = json.loads(line)["message"]["body"]["name"]
                print(json.dumps({"outputs": [{"greeting": "Hello " + name}]}), flush=True)
            """
        let version = try await story.admin.post(
            "/v2/components/\(made.id)/versions",
            [
                "data": [
                    "type": "component-version",
                    "attributes": [
                        "component": [
                            "title": .string(Self.marker),
                            "actions": [
                                "greet": ["title": "Greets", "command": ["python3", "main.py"]]
                            ],
                        ],
                        "files": [["path": "main.py", "content": .string(program)]],
                    ],
                ]
            ])
        try story.expect(version, 200, "adding a version")
        return made.id
    }

    /// Makes and starts a flow: webhook, then the component, then an HTTP request.
    private static func flow(
        in workspace: String, to url: String, _ story: Story, by person: Story.Person
    ) async throws -> String {
        let made = try await person.client.post(
            "/v2/flows",
            [
                "data": [
                    "type": "flow",
                    "attributes": [
                        "name": "Greetings",
                        "graph": [
                            "nodes": [
                                ["id": "in", "command": "core/webhook:receive"],
                                ["id": "greet", "command": "Acme/greeter:greet@latest"],
                                [
                                    "id": "out", "command": "core/http-request:send",
                                    "fields": ["url": .string(url)],
                                ],
                            ],
                            "edges": [
                                ["source": "in", "target": "greet"],
                                ["source": "greet", "target": "out"],
                            ],
                        ],
                    ],
                    "relationships": [
                        "workspace": ["data": ["type": "workspace", "id": .string(workspace)]]
                    ],
                ]
            ])
        try story.expect(made, 200, "making a flow")
        try story.expect(
            try await person.client.post("/v2/flows/\(made.id)/start"), 202, "starting the flow")
        _ = try await person.client.poll("/v2/flows/\(made.id)") {
            $0["current_status"] == "running"
        }
        return made.id
    }

    private static func isBlocked(
        _ contract: String, by flow: String, using component: String, _ story: Story
    ) async throws {
        let blockers: JSON = [["flow": .string(flow), "component": .string(component)]]
        let plan = try await story.admin.get("/v2/contracts/\(contract)/deletion-plan")
        try story.expect(plan, 200, "planning the deletion")
        #expect(plan["is_blocked"] == true)
        #expect(plan["blockers"] == blockers)
        let refused = try await story.admin.delete("/v2/contracts/\(contract)")
        #expect(refused.status == 409)
        #expect(refused.errorCode == "components_in_use")
        #expect(refused.body["errors"]?.array?.first?["meta"]?["blockers"] == blockers)
        let shown = try await story.admin.get("/v2/contracts/\(contract)")
        #expect(shown["status"] == "active", "the contract is as it was")
    }

    private static func remove(
        _ flow: String, of contract: String, _ story: Story, by person: Story.Person
    ) async throws {
        try story.expect(
            try await person.client.post("/v2/flows/\(flow)/stop"), 202, "stopping the flow")
        _ = try await person.client.poll("/v2/flows/\(flow)") {
            $0["current_status"] == "inactive"
        }
        try story.expect(
            try await person.client.delete("/v2/flows/\(flow)"), 204, "deleting the flow")
    }

    /// Deletes the contract once the flow is erased, and reads what the receipt counts.
    private static func isErased(_ contract: String, _ story: Story) async throws {
        _ = try await story.admin.poll("/v2/contracts/\(contract)/deletion-plan") {
            $0["is_blocked"] == false
        }
        let deleted = try await story.admin.delete("/v2/contracts/\(contract)")
        try story.expect(deleted, 204, "deleting the contract")
        let location = try #require(deleted.headers["location"])
        _ = try await story.deletionDone(location)
        let receipt = try await story.admin.get("\(location)/receipt")
        try story.expect(receipt, 200, "reading the receipt")
        var counts: [String: JSON] = [:]
        let document = try JSON(parsing: receipt["document"]?.string ?? "")
        for kind in document["kinds"]?.array ?? [] where kind["service"] == "flow-runtime" {
            let name = kind["kind"]?.string ?? ""
            counts[name] = [kind["found"] ?? .null, kind["deleted"] ?? .null]
            #expect(kind["remaining"] == 0)
        }
        #expect(counts["components"] == [1, 1])
        #expect(counts["component_versions"] == [1, 1])
        #expect(counts["component_files"] == [1, 1])
        #expect(counts["component_uses"] == [0, 0])
    }

    /// Neither in a database nor where workers had the program.
    private static func nothingIsLeft(in suite: RunningSuite) throws {
        let paths = FileManager.default.enumerator(atPath: suite.data.path)?
            .compactMap { $0 as? String }
        let files = (paths ?? []).map { suite.data.appending(path: $0) }
        #expect(files.contains { $0.lastPathComponent == "flow-runtime.sqlite" })
        for file in files {
            guard let bytes = try? Data(contentsOf: file) else { continue }
            #expect(
                bytes.range(of: Data(Self.marker.utf8)) == nil,
                "\(file.path) still holds the component")
        }
    }
}
