import JSONAPI
import TestKit
import Testing

/// Bodies whose shape is wrong in one place and whose meaning is wrong in another.
@Suite("Bodies with several faults, for the flow runtime")
struct SeveralFaultsTests {
    @Test("every operation with a body of several parts tells all of them at once")
    func all() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component())
            let flow = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder,
                body: Bodies.flow(to: "http://127.0.0.1:1/"))
            let bodies =
                Self.flowBodies(flow.id) + Self.componentBodies(component.id)
            #expect(FaultyBody.untried(runtime.routes, by: bodies) == [])
            for faulty in bodies {
                let method = try #require(faulty.method(in: runtime.routes), "\(faulty.operation)")
                let answer = try await runtime.request(
                    method, faulty.path, as: faulty.caller, body: faulty.body.text)
                #expect(answer.status == 400, "\(faulty.operation): \(answer.text)")
                #expect(faulty.missed(in: answer) == [], "\(faulty.operation): \(answer.text)")
            }
        }
    }

    private static func flowBodies(_ flow: String) -> [FaultyBody] {
        let graph: JSON = [
            "nodes": [
                ["id": "hook", "command": "core/webhook:receive", "fields": ["auth": "none"]],
                ["id": "step", "command": "core/nothing:at-all"],
            ],
            "edges": [["source": "hook", "target": "step"]],
        ]
        let attributes: JSON = ["name": 1, "graph": graph]
        let places = ["/name", "/graph/nodes/1/command"]
        return [
            FaultyBody(
                "createFlow", "/v2/flows", as: RunningRuntime.builder, "flow", attributes,
                relationships: [
                    "workspace": ["data": ["type": "workspace", "id": "000000060000000000000006"]]
                ], places: places),
            FaultyBody(
                "createFlow", "/v2/flows", as: RunningRuntime.builder, "flow", attributes,
                relationships: ["workspace": ["data": ["type": "workspace", "id": 1]]],
                places: places),
            FaultyBody(
                "createFlow", "/v2/flows", as: RunningRuntime.builder, "flow",
                ["name": "Right", "graph": graph], places: ["/graph/nodes/1/command"]),
            FaultyBody(
                "editFlow", "/v2/flows/\(flow)", as: RunningRuntime.builder, "flow", attributes,
                places: places),
        ]
    }

    private static func componentBodies(_ component: String) -> [FaultyBody] {
        let path = "/v2/components/\(component)"
        let descriptor: JSON = [
            "title": "T", "actions": ["run": ["title": "R", "command": ["./run"]]],
        ]
        return [
            FaultyBody(
                "createComponent", "/v2/components", as: RunningRuntime.builder, "component",
                ["name": "?", "access": 1],
                relationships: [
                    "team": ["data": ["type": "team", "id": "0000000b000000000000000b"]]
                ],
                places: ["/name", "/access"]),
            FaultyBody(
                "editComponent", path, as: RunningRuntime.builder, "component",
                ["description": 1, "access": "odd"], places: ["/description", "/access"]),
            FaultyBody(
                "createComponentVersion", "\(path)/versions", as: RunningRuntime.builder,
                "component-version",
                ["component": 1, "files": [["path": "../run", "content": "x"]]],
                places: ["/component", "/files/0/path"]),
            FaultyBody(
                "createComponentVersion", "\(path)/versions", as: RunningRuntime.builder,
                "component-version",
                [
                    "component": [
                        "title": "T", "actions": ["no name": ["title": "R", "command": ["sh"]]],
                    ], "files": 1,
                ], places: ["/component/actions/no name", "/files"]),
            FaultyBody(
                "createComponentVersion", "\(path)/versions", as: RunningRuntime.builder,
                "component-version", ["component": descriptor, "files": [], "more": 1],
                places: ["/component/actions/run/command/0", "/more"]),
        ]
    }
}
