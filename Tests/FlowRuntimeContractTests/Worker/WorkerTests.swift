import FlowRuntimeAPI
import Foundation
import Identifiers
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

/// Steps of flows, each fed by the one before.
enum Steps {
    static let hook = FlowStep(
        id: "hook", command: "core/webhook:receive", fields: "{}", inputs: [])

    static func jq(
        _ program: String, id: String = "shape",
        from sources: [FlowInput] = [.init(source: "hook")],
        command: String = "core/transform:jq"
    ) -> FlowStep {
        FlowStep(
            id: id, command: command, fields: JSON.object(["expression": .string(program)]).text,
            inputs: sources)
    }

    static func request(_ fields: JSON, from source: String = "hook") -> FlowStep {
        FlowStep(
            id: "send", command: "core/http-request:send", fields: fields.text,
            inputs: [.init(source: source)])
    }
}

@Suite("The worker process", .serialized)
struct WorkerTests {
    @Test(
        "a jq program gives a message for each value it makes",
        arguments: [
            (".body.name", ["\"Ada\""]), (".body.list[]", ["1", "2", "3"]), ("empty", []),
            ("{a: .body.name, n: (.body.list | add)}", [#"{"a":"Ada","n":6}"#]),
            ("$ENV", ["{}"]), ("env", ["{}"]), ("[limit(3; repeat(1))]", ["[1,1,1]"]),
            ("debug | stderr | .body.name", ["\"Ada\""]),
        ])
    func transforms(program: String, outputs: [String]) async throws {
        try await WorkerBench.with([Steps.hook, Steps.jq(program)]) { bench in
            let report = try #require(
                await bench.run(#"{"body":{"name":"Ada","list":[1,2,3]}}"#))
            #expect(report.failure == nil)
            let given = report.steps.filter { $0.step == "shape" }.compactMap(\.output)
            #expect(given == outputs)
        }
    }

    @Test(
        "a program that fails names why, and the worker goes on",
        arguments: [
            (".body | error(\"no\")", "jq_error"), ("input", "jq_error"), ("halt", "jq_error"),
            ("halt_error", "jq_error"), ("[range(1000000)]", "jq_output"),
            ("range(5000)", "jq_output"), (".body.name.x", "jq_error"),
            ("input_line_number", "jq_error"),
        ])
    func fails(program: String, code: String) async throws {
        try await WorkerBench.with([Steps.hook, Steps.jq(program)]) { bench in
            for _ in 0..<2 {
                let report = try #require(await bench.run(#"{"body":{"name":"Ada"}}"#))
                #expect(report.failure?.code == code)
                #expect(report.failure?.step == "shape")
                #expect(report.failure?.isTransient == false)
            }
        }
    }

    @Test(
        "a program that does not compile stops the flow",
        arguments: [".a |", "import \"x\" as x; .", "include \"y\"; .", "nothing"])
    func refusesPrograms(program: String) async throws {
        try await WorkerBench.with([Steps.hook, Steps.jq(program)]) { bench in
            guard case .failure(let report) = await bench.report() else {
                Issue.record("no failure was reported")
                return
            }
            #expect(report.failure.code == "jq_compile")
            #expect(await bench.gone() == .code(0))
        }
    }

    @Test("a program without end is reported, and ends the process")
    func endsStuckPrograms() async throws {
        // One that takes no more memory as it goes on: on a busy machine that limit could come first.
        let program = "reduce range(1e18) as $number (0; $number)"
        try await WorkerBench.with(
            [Steps.hook, Steps.jq(program)], programMillisecondsMax: 300
        ) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(report.failure?.code == "jq_timeout")
            #expect(await bench.gone() == .code(71))
        }
    }

    @Test("a program that takes all memory ends the process, which counts as a crash")
    func endsGreedyPrograms() async throws {
        try await WorkerBench.with(
            [Steps.hook, Steps.jq("[range(1e9)] | length")], programMillisecondsMax: 60_000
        ) { bench in
            bench.hand("{}")
            #expect(await bench.gone().isCrash)
        }
    }

    @Test("conditions hold messages back, filters too, and mappers shape what passes")
    func routesMessages() async throws {
        let steps = [
            Steps.hook,
            Steps.jq(
                ".", id: "yes",
                from: [.init(source: "hook", mapper: ".body", condition: ".body > 1")]),
            Steps.jq(".", id: "no", from: [.init(source: "hook", condition: ".body > 2")]),
            Steps.jq(
                ". == 2", id: "sieve", from: [.init(source: "yes")], command: "core/filter:jq"),
            Steps.jq(
                ". * 10", id: "both", from: [.init(source: "sieve"), .init(source: "no")]),
        ]
        try await WorkerBench.with(steps) { bench in
            let report = try #require(await bench.run(#"{"body":2}"#))
            #expect(report.failure == nil)
            let given = report.steps.map { "\($0.step)=\($0.output ?? "-")" }
            #expect(given == [#"hook={"body":2}"#, "yes=2", "no=-", "sieve=2", "both=20"])
        }
    }

    @Test("an output that is too long is kept in part, and said to be")
    func cutsOutputs() async throws {
        try await WorkerBench.with([Steps.hook, Steps.jq("\"x\" * 100000")]) { bench in
            let report = try #require(await bench.run("{}"))
            let step = try #require(report.steps.last)
            #expect(step.isCut)
            #expect((step.output?.utf8.count ?? 0) <= ReportExecution.outputBytesMax)
            #expect(JSONText(step.output)?.string?.hasPrefix("\"xxx") == true)
        }
    }

    @Test("what is kept of many outputs is bounded too, so that a report can be sent")
    func boundsReports() async throws {
        let steps = [Steps.hook, Steps.jq("range(600) | tostring + \"x\" * 1600")]
        try await WorkerBench.with(steps) { bench in
            let small = try #require(await bench.run("{}"))
            #expect(small.failure == nil)
            #expect(small.steps.count == 601)
        }
        let fan = [
            Steps.hook, Steps.jq("range(40) | \"y\" * 20000"),
            Steps.jq(".", id: "again", from: [.init(source: "shape")]),
        ]
        try await WorkerBench.with(fan) { bench in
            let large = try #require(await bench.run("{}"))
            #expect(large.failure == nil)
            #expect(large.steps.count == 81)
            #expect(large.steps.compactMap(\.output).reduce(0) { $0 + $1.utf8.count } <= 1 << 20)
            #expect(large.steps.last?.isCut == true)
        }
    }

    @Test("what was handed out behind a message that comes again waits for it")
    func keepsOrder() async throws {
        try await WorkerBench.with([Steps.hook, Steps.jq("error(\"no\")")], retries: 1) { bench in
            let first = ExecutionID(secondsSince1970: 1)
            let second = ExecutionID(secondsSince1970: 2)
            bench.hand("{}", execution: first)
            bench.hand("{}", execution: second)
            bench.hand("{}", execution: first, attempt: 2)
            bench.hand("{}", execution: second)
            var order: [ExecutionID] = []
            for _ in 0..<3 {
                guard case .execution(let report) = await bench.report() else { return }
                order.append(report.execution)
            }
            #expect(order == [first, first, second])
        }
    }

    @Test(
        "addresses that flows may not reach are refused, however they are written",
        arguments: [
            "http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://127.1:9/",
            "http://0x7f000001:9/", "http://2130706433:9/", "http://[::ffff:127.0.0.1]:9/",
            "http://169.254.169.254/latest/", "http://10.0.0.1/",
        ])
    func refusesAddresses(url: String) async throws {
        try await WorkerBench.with([Steps.hook, Steps.request(["url": .string(url)])]) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(report.failure?.code == "address_refused", "\(report.failure?.message ?? "")")
        }
    }

    @Test(
        "an answer that is a failure for now is transient, one for good is not",
        arguments: [
            (500, true), (503, true), (429, true), (404, false), (302, false),
        ])
    func tellsStatuses(status: Int, isTransient: Bool) async throws {
        let sink = try await HTTPSink(answering: [status])
        let steps = [Steps.hook, Steps.request(["url": .string(sink.url)])]
        try await WorkerBench.with(steps, allowedNetworks: ["127.0.0.0/8"]) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(report.failure?.code == "http_status")
            #expect(report.failure?.isTransient == isTransient)
        }
        await sink.stop()
    }

    @Test("a server that is not there is a transient failure; where to send may be computed")
    func computesURLs() async throws {
        let steps = [
            Steps.hook, Steps.request(["url_expression": "\"http://127.0.0.1:\" + .body"]),
        ]
        try await WorkerBench.with(steps, allowedNetworks: ["127.0.0.1"]) { bench in
            let absent = try #require(await bench.run(#"{"body":"1/"}"#))
            #expect(absent.failure?.code == "http_connection")
            #expect(absent.failure?.isTransient == true)
            let wrong = try #require(await bench.run(#"{"body":" "}"#))
            #expect(wrong.failure?.code == "url_invalid")
        }
    }

    private struct JSONText {
        let string: String?

        init?(_ text: String?) {
            guard let text, let json = try? JSON(parsing: text) else { return nil }
            self.string = json.string
        }
    }
}
