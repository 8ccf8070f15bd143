import ContractLifecycle
import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation
import HTTP2
import Identifiers
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

/// Bodies of requests.
enum Bodies {
    /// A flow from a webhook through jq to a server.
    static func flow(
        to url: String, program: String = "{greeting: (\"Hello \" + .body.name)}",
        trigger: JSON = ["auth": "none"]
    ) -> String {
        let json: JSON = [
            "data": [
                "type": "flow",
                "attributes": [
                    "name": "Greetings", "type": "ordinary",
                    "graph": [
                        "nodes": [
                            [
                                "id": "hook", "command": "core/webhook:receive",
                                "fields": trigger,
                            ],
                            [
                                "id": "shape", "command": "core/transform:jq",
                                "fields": ["expression": .string(program)],
                            ],
                            [
                                "id": "send", "command": "core/http-request:send",
                                "fields": ["method": "POST", "url": .string(url)],
                            ],
                        ],
                        "edges": [
                            ["source": "hook", "target": "shape"],
                            ["source": "shape", "target": "send"],
                        ],
                    ],
                ],
                "relationships": [
                    "workspace": [
                        "data": ["type": "workspace", "id": "000000060000000000000006"]
                    ]
                ],
            ]
        ]
        return json.text
    }

    static func message(_ name: String) -> String { JSON.object(["name": .string(name)]).text }
}

@Suite("Flows that really run", .serialized)
struct FlowStories {
    /// Makes a flow and starts it.
    static func start(_ body: String, in runtime: RunningRuntime) async throws -> String {
        let made = try await runtime.request(
            "POST", "/v2/flows", as: RunningRuntime.builder, body: body)
        #expect(made.status == 200, "\(made.text)")
        let started = try await runtime.request(
            "POST", "/v2/flows/\(made.id)/start", as: RunningRuntime.builder)
        #expect(started.status == 202, "\(started.text)")
        #expect(started.attributes["status"] == "active")
        return made.id
    }

    static func execution(_ id: String, in runtime: RunningRuntime) async throws -> JSON {
        try await runtime.request("GET", "/v2/executions/\(id)", as: RunningRuntime.guest)
            .attributes
    }

    @Test("what comes in at the webhook goes through jq and out to a server")
    func goesThrough() async throws {
        let sink = try await HTTPSink()
        try await RunningRuntime.with { runtime in
            let flow = try await Self.start(Bodies.flow(to: sink.url), in: runtime)
            let accepted = try await runtime.request(
                "POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            #expect(accepted.status == 202)
            #expect(accepted.fields.first("x-execution-id") == accepted.id)
            let received = await sink.next(1)
            #expect(received.map(\.body) == [#"{"greeting":"Hello Ada"}"#])
            #expect(received.map(\.idempotencyKey) == ["\(accepted.id)-send"])
            _ = await runtime.reports.first { _ in true }
            let execution = try await Self.execution(accepted.id, in: runtime)
            #expect(execution["status"] == "succeeded")
            let steps = execution["steps"]?.array ?? []
            #expect(steps.map { $0["step"] } == ["hook", "shape", "send"])
            #expect(steps.last?["output"]?["status"] == 200)
            #expect(steps.last?["output"]?["body"] == ["taken": true])
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(flow)", as: RunningRuntime.guest)
            #expect(shown.attributes["current_status"] == "running")
            #expect(shown.attributes["queued_messages"] == 0)
        }
        await sink.stop()
    }

    @Test("nothing accepted is lost when the worker is killed with -9 in the middle of it")
    func survivesKill() async throws {
        let sink = try await HTTPSink()
        try await RunningRuntime.with { runtime in
            let flow = try await Self.start(Bodies.flow(to: sink.url), in: runtime)
            var expected: Set<String> = []
            for round in 0..<3 {
                for number in 0..<10 {
                    let name = "\(round)-\(number)"
                    let accepted = try await runtime.request(
                        "POST", "/hook/\(flow)", body: Bodies.message(name))
                    #expect(accepted.status == 202)
                    expected.insert(#"{"greeting":"Hello \#(name)"}"#)
                }
                let process = try await runtime.workerAtWork()
                kill(process.pid, SIGKILL)
            }
            var seen: Set<String> = []
            while seen != expected {
                for one in await sink.next(1) { seen.insert(one.body) }
            }
            #expect(seen == expected)
        }
        await sink.stop()
    }

    @Test("messages are carried in the order they came in, also when one has to be tried again")
    func keepsOrder() async throws {
        let sink = try await HTTPSink(answering: [200, 503, 200])
        try await RunningRuntime.with { runtime in
            let flow = try await Self.start(Bodies.flow(to: sink.url), in: runtime)
            for name in ["a", "b", "c", "d"] {
                _ = try await runtime.request("POST", "/hook/\(flow)", body: Bodies.message(name))
            }
            let received = await sink.next(5).map(\.body)
            let order = ["a", "b", "b", "c", "d"].map { #"{"greeting":"Hello \#($0)"}"# }
            #expect(received == order)
        }
        await sink.stop()
    }

    @Test("a message that fails for good becomes an error, which can be retried")
    func retriesErrors() async throws {
        let sink = try await HTTPSink(answering: [404])
        try await RunningRuntime.with { runtime in
            let flow = try await Self.start(Bodies.flow(to: sink.url), in: runtime)
            let accepted = try await runtime.request(
                "POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            _ = await runtime.reports.first { _ in true }
            #expect(try await Self.execution(accepted.id, in: runtime)["status"] == "failed")
            let errors = try await runtime.request(
                "GET", "/v2/errors?flow_id=\(flow)", as: RunningRuntime.guest)
            let error = try #require(errors.json["data"]?.array?.first)
            #expect(error["attributes"]?["code"] == "http_status")
            #expect(error["attributes"]?["step"] == "send")
            let id = try #require(error["id"]?.string)
            let retried = try await runtime.request(
                "POST", "/v2/errors/\(id)/retry", as: RunningRuntime.builder)
            #expect(retried.status == 202)
            #expect(retried.id == accepted.id)
            _ = await runtime.reports.first { _ in true }
            #expect(try await Self.execution(accepted.id, in: runtime)["status"] == "succeeded")
            let again = try await runtime.request(
                "POST", "/v2/errors/\(id)/retry", as: RunningRuntime.builder)
            #expect(again.status == 404)
        }
        await sink.stop()
    }

    @Test("a flow whose program does not compile stops, and says why")
    func showsCompileErrors() async throws {
        try await RunningRuntime.with { runtime in
            let flow = try await Self.start(
                Bodies.flow(to: "http://127.0.0.1:1/", program: ".a |"), in: runtime)
            _ = await runtime.reports.first { $0.name == ReportFailure.name }
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(flow)", as: RunningRuntime.guest)
            #expect(shown.attributes["status"] == "inactive")
            let errors = try await runtime.request(
                "GET", "/v2/errors?flow_id=\(flow)", as: RunningRuntime.guest)
            let error = try #require(errors.json["data"]?.array?.first?["attributes"])
            #expect(error["code"] == "jq_compile")
            #expect(error["can_be_retried"] == false)
        }
    }
}
