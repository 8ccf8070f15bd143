import ContractLifecycle
import FlowRuntimeAPI
import FlowRuntimeDomain
import HTTP2
import Identifiers
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("Components in flows that really run", .serialized)
struct ComponentStories {
    private static let command = "Acme/greeter:greet"

    @Test("a flow runs the version that was the newest when its graph was stored")
    func runs() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", in: runtime)
            let made = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder,
                body: ComponentBodies.flow(Self.command))
            let shown = try #require(
                made.attributes["graph"]?["nodes"]?.array?.last?["command"]?.string)
            let version = try #require(shown.split(separator: "@").last.map(String.init))
            #expect(ComponentVersionID(version) != nil)
            _ = try await ComponentBodies.version("counter", of: component, in: runtime)
            let started = try await runtime.request(
                "POST", "/v2/flows/\(made.id)/start", as: RunningRuntime.builder)
            #expect(started.status == 202)
            let accepted = try await runtime.request(
                "POST", "/hook/\(made.id)", body: Bodies.message("Ada"))
            _ = await runtime.reports.first { $0.name == ReportExecution.name }
            let execution = try await FlowStories.execution(accepted.id, in: runtime)
            #expect(execution["status"] == "succeeded")
            #expect(
                execution["steps"]?.array?.last?["output"] == ["greeting": "Hello Ada"])
        }
    }

    @Test("a component's trigger begins a flow, and its webhook keeps its key secret")
    func triggers() async throws {
        let descriptor: JSON = [
            "title": "Doors",
            "triggers": ["open": ["title": "Opens", "command": ["./open.sh"]]],
        ]
        let script = """
            #!/bin/sh
            while IFS= read -r l; do printf '{"outputs":[1,2,%s]}\\n' "$l"; done
            """
        let version: JSON = [
            "data": [
                "type": "component-version",
                "attributes": [
                    "component": descriptor,
                    "files": [
                        ["path": "open.sh", "content": .string(script), "executable": true]
                    ],
                ],
            ]
        ]
        try await RunningRuntime.with { runtime in
            let made = try await runtime.request(
                "POST", "/v2/components", as: RunningRuntime.builder,
                body: ComponentBodies.component("doors"))
            let added = try await runtime.request(
                "POST", "/v2/components/\(made.id)/versions", as: RunningRuntime.builder,
                body: version.text)
            #expect(added.status == 200, "\(added.text)")
            let graph: JSON = [
                "nodes": [
                    [
                        "id": "door", "command": "Acme/doors:open@1",
                        "fields": ["auth": "key", "key": "0123456789abcdef", "other": 1],
                    ]
                ], "edges": [],
            ]
            let flow = try await FlowStories.start(
                ComponentBodies.flow("", graph: graph), in: runtime)
            let refused = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(refused.status == 401)
            let accepted = try await runtime.request(
                "POST", "/hook/\(flow)", body: "{}",
                fields: ["x-api-key": "0123456789abcdef"])
            #expect(accepted.status == 202)
            _ = await runtime.reports.first { $0.name == ReportExecution.name }
            let steps = try await FlowStories.execution(accepted.id, in: runtime)["steps"]
            #expect(steps?.array?.count == 3)
            #expect(steps?.array?.last?["output"]?["fields"] == ["auth": "key", "other": 1])
        }
    }

    @Test("a component that others use stands against deleting its contract, until they do not")
    func blocks() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", access: "tenant", in: runtime)
            let own = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder,
                body: ComponentBodies.flow(Self.command))
            #expect(own.status == 200)
            let flow = try await ComponentBodies.foreignFlow(Self.command, in: runtime)
            let blocker = PrepareDeletion.Blocker(
                flow: try #require(FlowID(flow)), component: try #require(ComponentID(component)))
            let contract = try #require(RunningRuntime.contract)
            let found = try await runtime.call(
                FindDeletionBlockers(contract: contract), as: "contracts")
            #expect(found == .init(blockers: [blocker], total: 1))
            let refused = try await runtime.call(
                PrepareDeletion(try Commands.command(3, .preparing)), as: "contracts")
            #expect(refused == .refused(blockers: [blocker], total: 1))
            // Nothing changed by that.
            let another = try await ComponentBodies.foreignFlow(Self.command, in: runtime)
            for id in [flow, another] {
                let gone = try await runtime.request(
                    "DELETE", "/v2/flows/\(id)", as: RunningRuntime.neighbour)
                #expect(gone.status == 204)
            }
            let hidden = try await runtime.call(
                FindDeletionBlockers(contract: contract), as: "contracts")
            #expect(hidden.total == 2, "they count until they are erased")
            try await runtime.service.eraseDeleted()
            let prepared = try await runtime.call(
                PrepareDeletion(try Commands.command(4, .preparing)), as: "contracts")
            #expect(prepared == .prepared)
            let again = try await runtime.call(
                PrepareDeletion(try Commands.command(4, .preparing)), as: "contracts")
            #expect(again == .prepared)
            let late = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.neighbour,
                body: ComponentBodies.flow(
                    Self.command, in: ComponentBodies.otherWorkspace))
            #expect(
                late.errors == [
                    "component_unavailable /data/attributes/graph/nodes/1/command"
                ])
        }
    }

    @Test("older versions of a flow are uses as much as the newest")
    func countsOldVersions() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", access: "tenant", in: runtime)
            let flow = try await ComponentBodies.foreignFlow(Self.command, in: runtime)
            let change: JSON = [
                "data": [
                    "type": "flow",
                    "attributes": [
                        "graph": [
                            "nodes": [["id": "hook", "command": "core/webhook:receive"]],
                            "edges": [],
                        ]
                    ],
                ]
            ]
            let changed = try await runtime.request(
                "PATCH", "/v2/flows/\(flow)", as: RunningRuntime.neighbour, body: change.text)
            #expect(changed.attributes["version"] == 2)
            let refused = try await runtime.call(
                PrepareDeletion(try Commands.command(3, .preparing)), as: "contracts")
            guard case .refused(_, 1) = refused else {
                Issue.record("\(refused)")
                return
            }
            let delete = try await runtime.request(
                "DELETE", "/v2/components/\(component)", as: RunningRuntime.builder)
            #expect(delete.errors == ["component_in_use"])
            let meta = delete.json["errors"]?.array?.first?["meta"]
            #expect(meta == ["flows": [.string(flow)], "flows_total": 1])
        }
    }

    @Test("while the owner is suspended, others' flows go on, but no use begins")
    func suspends() async throws {
        try await RunningRuntime.with { runtime in
            _ = try await ComponentBodies.make("greeter", access: "tenant", in: runtime)
            let flow = try await ComponentBodies.foreignFlow(Self.command, in: runtime)
            _ = try await Commands.apply(3, .suspending, in: runtime)
            let started = try await runtime.request(
                "POST", "/v2/flows/\(flow)/start", as: RunningRuntime.neighbour)
            #expect(started.status == 202)
            let accepted = try await runtime.request(
                "POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            #expect(accepted.status == 202)
            _ = await runtime.reports.first { $0.name == ReportExecution.name }
            let refused = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.neighbour,
                body: ComponentBodies.flow(
                    Self.command, in: ComponentBodies.otherWorkspace))
            #expect(
                refused.errors == [
                    "component_unavailable /data/attributes/graph/nodes/1/command"
                ])
        }
    }

    @Test("a flow that uses a component of a suspended contract can still be changed")
    func changesWhileSuspended() async throws {
        try await RunningRuntime.with { runtime in
            let component = try await ComponentBodies.make("greeter", access: "tenant", in: runtime)
            let flow = try await ComponentBodies.foreignFlow(Self.command, in: runtime)
            _ = try await ComponentBodies.version("greeter", of: component, in: runtime)
            _ = try await Commands.apply(3, .suspending, in: runtime)
            for (version, status) in [("1", 200), ("2", 400)] {
                let change: JSON = [
                    "data": [
                        "type": "flow",
                        "attributes": [
                            "graph": ComponentBodies.graph(
                                "\(Self.command)@\(version)", fields: ["word": "Hi"])
                        ],
                    ]
                ]
                let changed = try await runtime.request(
                    "PATCH", "/v2/flows/\(flow)", as: RunningRuntime.neighbour, body: change.text)
                #expect(changed.status == status, "\(changed.text)")
            }
        }
    }
}
