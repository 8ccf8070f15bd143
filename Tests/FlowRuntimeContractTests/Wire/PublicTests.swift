import FlowRuntimeDomain
import HTTP2
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("The flow runtime's public side")
struct PublicTests {
    private static let hookKey = "0123456789abcdef"

    private static func make(
        in runtime: RunningRuntime, trigger: JSON = ["auth": "none"]
    ) async throws -> PublicAnswer {
        try await runtime.request(
            "POST", "/v2/flows", as: RunningRuntime.builder,
            body: Bodies.flow(to: "http://127.0.0.1:1/", trigger: trigger))
    }

    @Test("every operation has a row that says who may, and every row an operation")
    func coverage() async throws {
        try await RunningRuntime.with { runtime in
            #expect(
                Set(runtime.routes.map(\.id)) == Set(PublicOperation.allCases.map(\.rawValue)))
        }
    }

    @Test("a flow is made, shown, changed, listed and deleted")
    func life() async throws {
        try await RunningRuntime.with { runtime in
            let made = try await Self.make(in: runtime)
            #expect(made.status == 200)
            #expect(made.attributes["status"] == "inactive")
            #expect(made.attributes["current_status"] == "inactive")
            #expect(made.attributes["version"] == 1)
            let links = made.json["data"]?["links"]
            #expect(links == ["self": .string("/v2/flows/\(made.id)")])
            let list = try await runtime.request(
                "GET", "/v2/flows/?workspace_id=000000060000000000000006&filter[status]=inactive",
                as: RunningRuntime.guest)
            #expect(list.json["data"]?.array?.map { $0["id"]?.string } == [made.id])
            #expect(
                list.json["meta"] == ["page": 1, "per_page": 50, "total": 1, "total_pages": 1])
            let change: JSON = [
                "data": [
                    "type": "flow", "id": .string(made.id),
                    "attributes": ["name": "Other", "description": .null],
                ]
            ]
            let changed = try await runtime.request(
                "PATCH", "/v2/flows/\(made.id)", as: RunningRuntime.builder, body: change.text)
            #expect(changed.attributes["name"] == "Other")
            #expect(changed.attributes["version"] == 1)
            let gone = try await runtime.request(
                "DELETE", "/v2/flows/\(made.id)", as: RunningRuntime.builder)
            #expect(gone.status == 204)
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(made.id)", as: RunningRuntime.guest)
            #expect(shown.status == 404)
        }
    }

    @Test("a change of a flow that was changed since is refused, in the same millisecond too")
    func ifMatch() async throws {
        try await RunningRuntime.with(clock: ManualWallClock()) { runtime in
            let made = try await Self.make(in: runtime)
            let path = "/v2/flows/\(made.id)"
            let first = try #require(made.fields.first("etag"))
            func patch(_ name: String, _ tag: String?) async throws -> PublicAnswer {
                try await runtime.request(
                    "PATCH", path, as: RunningRuntime.builder,
                    body: #"{"data":{"type":"flow","attributes":{"name":"\#(name)"}}}"#,
                    fields: tag.map { ["if-match": $0] } ?? [:])
            }
            let changed = try await patch("Second", first)
            #expect(changed.status == 200)
            let second = try #require(changed.fields.first("etag"))
            let stale = try await patch("Third", first)
            #expect(stale.status == 412 && stale.errors == ["precondition_failed If-Match"])
            #expect(try await patch("Third", second).status == 200)
            #expect(try await patch("Fourth", nil).status == 200)
            let shown = try await runtime.request("GET", path, as: RunningRuntime.guest)
            #expect(shown.attributes["name"] == "Fourth")
            let tag = try #require(shown.fields.first("etag"))
            let started = try await runtime.request(
                "POST", "\(path)/start", as: RunningRuntime.builder)
            #expect(started.fields.first("etag") == tag)
            let again = try await runtime.request(
                "GET", path, as: RunningRuntime.guest, fields: ["if-none-match": tag])
            #expect(again.status == 200)
        }
    }

    @Test("a running flow is neither changed nor deleted, nor started again")
    func running() async throws {
        try await RunningRuntime.with { runtime in
            let flow = try await FlowStories.start(
                Bodies.flow(to: "http://127.0.0.1:1/"), in: runtime)
            let patch = try await runtime.request(
                "PATCH", "/v2/flows/\(flow)", as: RunningRuntime.builder,
                body: #"{"data":{"type":"flow","attributes":{"name":"x"}}}"#)
            let delete = try await runtime.request(
                "DELETE", "/v2/flows/\(flow)", as: RunningRuntime.builder)
            let start = try await runtime.request(
                "POST", "/v2/flows/\(flow)/start", as: RunningRuntime.builder)
            #expect([patch.status, delete.status, start.status] == [409, 409, 409])
            #expect(patch.errors == ["flow_running"])
            #expect(start.errors == ["flow_already_active"])
            #expect(start.json["errors"]?.array?.first?["detail"] == "Flow is already active")
        }
    }

    @Test("a stranger sees nothing, a guest only looks")
    func authorisation() async throws {
        try await RunningRuntime.with { runtime in
            let flow = try await Self.make(in: runtime).id
            let calls: [(String, String)] = [
                ("GET", ""), ("DELETE", ""), ("POST", "/start"), ("POST", "/stop"),
            ]
            for (method, path) in calls {
                let stranger = try await runtime.request(
                    method, "/v2/flows/\(flow)\(path)", as: RunningRuntime.stranger)
                #expect(stranger.status == 404)
                let guest = try await runtime.request(
                    method, "/v2/flows/\(flow)\(path)", as: RunningRuntime.guest)
                #expect(guest.status == (method == "GET" ? 200 : 403))
                let nobody = try await runtime.request(method, "/v2/flows/\(flow)\(path)")
                #expect(nobody.status == 401)
                #expect(nobody.fields.first("www-authenticate") != nil)
            }
            let admin = try await runtime.request("GET", "/v2/flows/\(flow)", as: "admin")
            #expect(admin.status == 200)
        }
    }

    @Test("all faults of a graph are told at once, with their places")
    func faults() async throws {
        let body = """
            {"data":{"type":"flow","attributes":{"name":"f","graph":{
            "nodes":[{"id":"a","command":"core/none:x"},{"id":"a","command":"core/filter:jq"}],
            "edges":[{"source":"a","target":"b"}]}},
            "relationships":{"workspace":{"data":{"type":"workspace",
            "id":"000000060000000000000006"}}}}}
            """
        try await RunningRuntime.with { runtime in
            let answer = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder, body: body)
            let graph = "/data/attributes/graph"
            #expect(answer.status == 400)
            #expect(
                answer.errors == [
                    "unknown_command \(graph)/nodes/0/command",
                    "repeated_id \(graph)/nodes/1/id", "missing \(graph)/nodes/1/fields",
                    "trigger_missing \(graph)/nodes", "unknown_step \(graph)/edges/0/target",
                ])
        }
    }

    @Test(
        "bad requests are refused and named",
        arguments: [
            ("POST", "/v2/flows", "{", 400), ("POST", "/v2/flows", "[]", 400),
            ("POST", "/v2/flows", #"{"data":{"type":"team"}}"#, 400),
            ("GET", "/v2/flows", nil, 400), ("GET", "/v2/flows?workspace_id=x", nil, 400),
            ("GET", "/v2/flows?colour=red", nil, 400), ("GET", "/v2/flows/nothing", nil, 404),
            ("PUT", "/v2/flows", nil, 405), ("GET", "/v2/executions", nil, 400),
            ("GET", "/v2/executions/000000060000000000000009", nil, 404),
            ("POST", "/v2/errors/000000060000000000000009/retry", nil, 404),
        ] as [(String, String, String?, Int)])
    func refuses(method: String, path: String, body: String?, status: Int) async throws {
        try await RunningRuntime.with { runtime in
            let answer = try await runtime.request(
                method, path, as: RunningRuntime.builder, body: body)
            #expect(answer.status == status)
            #expect(!answer.errors.isEmpty)
        }
    }

    @Test("a webhook takes its key and shows it to nobody")
    func hookKeys() async throws {
        try await RunningRuntime.with { runtime in
            let trigger: JSON = ["auth": "key", "key": .string(Self.hookKey)]
            let made = try await Self.make(in: runtime, trigger: trigger)
            #expect(!made.text.contains(Self.hookKey))
            _ = try await runtime.request(
                "POST", "/v2/flows/\(made.id)/start", as: RunningRuntime.builder)
            for (key, status) in [(nil, 401), ("wrong", 401), (Self.hookKey, 202)] {
                var fields = HTTP2Fields()
                if let key { fields.append("x-api-key", key) }
                let answer = try await runtime.request(
                    "POST", "/hook/\(made.id)", body: "{}", fields: fields)
                #expect(answer.status == status)
            }
            let waiting = try await runtime.request(
                "GET", "/v2/executions?flow_id=\(made.id)", as: RunningRuntime.guest)
            #expect(waiting.json["meta"]?["total"] == 1)
        }
    }

    @Test(
        "a webhook takes JSON, forms, text and nothing at all, and refuses the rest",
        arguments: [
            ("application/json", #"{"a":1}"#, 202), ("application/vnd.x+json", "1", 202),
            ("application/x-www-form-urlencoded", "a=1&b=%20&a=2", 202),
            ("text/plain; charset=utf-8", "hello", 202), ("application/json", "{", 400),
            ("application/x-www-form-urlencoded", "%zz=1", 400),
            ("application/octet-stream", "x", 415),
        ])
    func hookBodies(type: String, body: String, status: Int) async throws {
        try await RunningRuntime.with { runtime in
            let flow = try await FlowStories.start(
                Bodies.flow(to: "http://127.0.0.1:1/"), in: runtime)
            let answer = try await runtime.request(
                "POST", "/hook/\(flow)?colour=red", body: body, fields: ["content-type": type])
            #expect(answer.status == status, "\(answer.text)")
        }
    }

    @Test("a webhook that is not there, too large, or called otherwise")
    func hookRefusals() async throws {
        try await RunningRuntime.with { runtime in
            let inactive = try await Self.make(in: runtime).id
            for flow in ["nothing", inactive] {
                let answer = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
                #expect(answer.status == 404)
                #expect(answer.text.contains("either does not exist or is inactive"))
            }
            let get = try await runtime.request("GET", "/hook/\(inactive)")
            #expect(get.status == 405)
            #expect(get.fields.first("allow") == "POST")
            let large = try await runtime.request(
                "POST", "/hook/\(inactive)", body: String(repeating: "x", count: 1_048_577),
                fields: ["content-type": "text/plain"])
            #expect(large.status == 413)
        }
    }
}
