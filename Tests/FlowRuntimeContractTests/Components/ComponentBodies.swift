import JSONAPI
import TestKit
import Testing

/// Bodies and steps of stories about components.
enum ComponentBodies {
    static func component(
        _ name: String = "greeter", access: String? = nil, team: String = "0000000b000000000000000b"
    ) -> String {
        var attributes: JSONObject = ["name": .string(name)]
        if let access { attributes["access"] = .string(access) }
        let body: JSON = [
            "data": [
                "type": "component", "attributes": .object(attributes),
                "relationships": ["team": ["data": ["type": "team", "id": .string(team)]]],
            ]
        ]
        return body.text
    }

    /// A change of one attribute.
    static func change(_ name: String, _ value: JSON) -> String {
        let body: JSON = ["data": ["type": "component", "attributes": [name: value]]]
        return body.text
    }

    static func graph(_ command: String, fields: JSON = [:]) -> JSON {
        [
            "nodes": [
                ["id": "hook", "command": "core/webhook:receive"],
                ["id": "step", "command": .string(command), "fields": fields],
            ],
            "edges": [["source": "hook", "target": "step"]],
        ]
    }

    /// A flow from a webhook to a function of a component.
    static func flow(
        _ command: String, in workspace: String = "000000060000000000000006", graph: JSON? = nil
    ) -> String {
        let body: JSON = [
            "data": [
                "type": "flow",
                "attributes": ["name": "F", "graph": graph ?? Self.graph(command)],
                "relationships": [
                    "workspace": ["data": ["type": "workspace", "id": .string(workspace)]]
                ],
            ]
        ]
        return body.text
    }

    static let otherWorkspace = "000000060000000000000066"

    /// Makes a component with a version of an example, and gives its id.
    static func make(
        _ name: String, access: String? = nil, in runtime: RunningRuntime
    ) async throws -> String {
        let made = try await runtime.request(
            "POST", "/v2/components", as: RunningRuntime.builder,
            body: Self.component(name, access: access))
        #expect(made.status == 200, "\(made.text)")
        _ = try await Self.version(name, of: made.id, in: runtime)
        return made.id
    }

    /// Adds a version of an example, and gives its id.
    static func version(
        _ name: String, of component: String, in runtime: RunningRuntime
    ) async throws -> String {
        let version = try await runtime.request(
            "POST", "/v2/components/\(component)/versions", as: RunningRuntime.builder,
            body: try ExampleComponents.read(name).version)
        #expect(version.status == 200, "\(version.text)")
        return version.id
    }

    /// Makes a flow of the other contract, and gives its id.
    static func foreignFlow(
        _ command: String, in runtime: RunningRuntime
    ) async throws -> String {
        let made = try await runtime.request(
            "POST", "/v2/flows", as: RunningRuntime.neighbour,
            body: Self.flow(command, in: Self.otherWorkspace))
        #expect(made.status == 200, "\(made.text)")
        return made.id
    }
}
