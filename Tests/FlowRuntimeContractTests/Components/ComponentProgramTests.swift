import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation
import Identifiers
import JSONAPI
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("Programs of components in a worker", .serialized)
struct ComponentProgramTests {
    /// A step that runs a script of the shell, fed by the webhook.
    static func step(
        _ script: String, millisecondsMax: Int64 = 5_000, fields: JSON = [:],
        id: String = "program"
    ) -> FlowStep {
        Self.step(
            ["/bin/sh", "-c", script], millisecondsMax: millisecondsMax, fields: fields, id: id)
    }

    static func step(
        _ command: [String], millisecondsMax: Int64 = 5_000, fields: JSON = [:],
        id: String = "program"
    ) -> FlowStep {
        FlowStep(
            id: id, command: "Acme/thing:do@000000010000000000000001", fields: fields.text,
            inputs: [.init(source: "hook")],
            program: StepProgram(
                version: ComponentVersionID(secondsSince1970: 1), function: "do",
                command: command, millisecondsMax: millisecondsMax))
    }

    /// Answers every line with what a shell expression gives.
    static func answering(_ expression: String) -> String {
        "while IFS= read -r line; do \(expression); done"
    }

    /// The processes there are of a worker: itself and all that it started.
    static func processes(of worker: WorkerID) -> [ProcessMark] {
        ProcessTable.processes(with: WorkerVariables.worker, worker.text)
    }

    static func outputs(_ report: ReportExecution, of step: String = "program") -> [String] {
        report.steps.filter { $0.step == step }.compactMap(\.output)
    }

    @Test("a program in Python gives a message for a message, and tells errors")
    func python() async throws {
        let example = try ExampleComponents.read("greeter")
        let step = Self.step(["python3", "greeter.py"], fields: ["word": "Servus"])
        try await WorkerBench.with([Steps.hook, step], files: example.files) { bench in
            let report = try #require(await bench.run(#"{"body":{"name":"Ada"}}"#))
            #expect(report.failure == nil)
            #expect(Self.outputs(report) == [#"{"greeting":"Servus Ada"}"#])
            let refused = try #require(await bench.run(#"{"body":{}}"#))
            #expect(refused.failure?.code == "component_error")
            #expect(refused.failure?.message == "body.name must be a text")
            #expect(refused.failure?.isTransient == false)
        }
    }

    @Test("a program in shell is started once, and finds the whole request in its line")
    func shell() async throws {
        let example = try ExampleComponents.read("counter")
        let step = Self.step(["./counter.sh"], fields: ["a": 1])
        try await WorkerBench.with([Steps.hook, step], files: example.files) { bench in
            for number in 1...3 {
                let report = try #require(await bench.run(#"{"body":9007199254740993}"#))
                let output = try JSON(parsing: try #require(Self.outputs(report).first))
                #expect(output["number"] == .integer(number))
                let request = try #require(output["request"])
                #expect(request["function"] == "do")
                #expect(request["step"] == "program")
                #expect(request["attempt"] == 1)
                #expect(request["fields"] == ["a": 1])
                #expect(request["message"] == ["body": 9_007_199_254_740_993])
                let key = "\(report.execution)-program"
                #expect(request["idempotency_key"] == .string(key))
            }
        }
    }

    @Test(
        "what is not one line with outputs or an error fails the message",
        arguments: [
            ("echo nothing", "component_protocol", false),
            ("echo '[]'", "component_protocol", false),
            (#"echo '{"outputs":1}'"#, "component_protocol", false),
            (#"echo '{"error":{}}'"#, "component_protocol", false),
            (#"printf '{"outputs":[]}\nmore\n'"#, "component_protocol", false),
            ("head -c 3000000 /dev/zero | tr '\\0' x; echo", "component_protocol", false),
            (#"echo '{"error":{"message":"m","transient":true}}'"#, "component_error", true),
            ("echo oh no >&2; exit 3", "component_ended", true),
            ("kill -9 $$", "component_ended", true), ("sleep 60", "component_timeout", true),
            ("exec 2>&-; sleep 60", "component_timeout", true),
        ])
    func fails(answer: String, code: String, isTransient: Bool) async throws {
        let isLate = code == "component_timeout"
        let step = Self.step(Self.answering(answer), millisecondsMax: isLate ? 300 : 10_000)
        try await WorkerBench.with([Steps.hook, step]) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(report.failure?.code == code, "\(report.failure?.message ?? "")")
            #expect(report.failure?.step == "program")
            #expect(report.failure?.isTransient == isTransient)
            if answer.contains("oh no") {
                #expect(report.failure?.message.contains("oh no") == true)
            }
        }
    }

    @Test("after a failure the next message has a new program")
    func startsAgain() async throws {
        let script = """
            IFS= read -r line
            if [ -e failed ]; then echo '{"outputs":["fine"]}'; else touch failed; exit 1; fi
            """
        try await WorkerBench.with([Steps.hook, Self.step(script)]) { bench in
            let failed = try #require(await bench.run("{}"))
            #expect(failed.failure?.code == "component_ended")
            for _ in 0..<3 {
                // The program ends after each answer: only the worker itself is left then.
                while Self.processes(of: bench.worker).count > 1 { await Task.yield() }
                let report = try #require(await bench.run("{}"))
                #expect(Self.outputs(report) == ["\"fine\""])
            }
        }
    }

    @Test("a program that is not there stops the flow and names the step")
    func missesPrograms() async throws {
        for command in [["no-such-program"], ["./missing.sh"], ["/etc/passwd"]] {
            try await WorkerBench.with([Steps.hook, Self.step(command)]) { bench in
                guard case .failure(let report) = await bench.report() else {
                    Issue.record("no failure was reported")
                    return
                }
                #expect(report.failure.code == "component_not_started")
                #expect(report.failure.step == "program")
                #expect(await bench.gone() == .code(0))
            }
        }
    }

    @Test("a large message goes in and out while the program does both at once")
    func carriesMuch() async throws {
        let text = String(repeating: "x", count: 900_000)
        let step = Self.step(Self.answering(#"printf '{"outputs":[%s]}\n' "$line""#))
        try await WorkerBench.with([Steps.hook, step]) { bench in
            let report = try #require(await bench.run(#"{"body":"\#(text)"}"#))
            #expect(report.failure == nil, "\(report.failure?.message ?? "")")
            #expect(report.steps.last?.isCut == true)
        }
    }

    @Test("a program finds an environment without anything of the runtime's, and its own folder")
    func hasCleanEnvironment() async throws {
        let script = Self.answering(
            #"printf '{"outputs":["%s","%s"]}\n' "$(env | cut -d= -f1 | sort | tr '\n' ' ')" "$PWD""#
        )
        try await WorkerBench.with(
            [Steps.hook, Self.step(script)], environment: ["COVENANT_SECRET": "s"]
        ) { bench in
            let report = try #require(await bench.run("{}"))
            let outputs = Self.outputs(report)
            #expect(
                outputs.first
                    == "\"COVENANT_CONTRACT COVENANT_WORKER HOME LANG PATH PWD TMPDIR \"")
            #expect(outputs.last?.hasSuffix("/program\"") == true)
        }
    }

    @Test(
        "a program is kept from other files and processes, and free within its folder",
        arguments: [
            ("cat /proc/self/environ", false), ("ls /root /tmp", false), ("cat /etc/shadow", false),
            ("touch /tmp/covenant-escaped", false), ("/usr/sbin/chroot / true", false),
            ("mkdir a && echo b > a/b && cat a/b && rm -r a", true), ("ls /usr/bin", true),
            ("head -c 1 /dev/urandom | wc -c", true),
        ])
    func isConfined(command: String, works: Bool) async throws {
        let script = Self.answering(
            "if { \(command); } >/dev/null 2>&1; then r=true; else r=false; fi; "
                + #"printf '{"outputs":[%s]}\n' $r"#)
        try await WorkerBench.with([Steps.hook, Self.step(script)]) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(Self.outputs(report) == [works ? "true" : "false"])
        }
    }

    @Test(
        "a program can not signal its worker, where the kernel can keep it from that",
        .enabled(if: Self.kernelScopesSignals))
    func cannotSignal() async throws {
        let script = Self.answering(
            "if kill -0 $PPID 2>/dev/null; then r=true; else r=false; fi; "
                + #"printf '{"outputs":[%s]}\n' $r"#)
        try await WorkerBench.with([Steps.hook, Self.step(script)]) { bench in
            let report = try #require(await bench.run("{}"))
            #expect(Self.outputs(report) == ["false"])
        }
    }

    /// Since Linux 6.12.
    private static var kernelScopesSignals: Bool {
        let version = ProcessInfo.processInfo.operatingSystemVersion
        return (version.majorVersion, version.minorVersion) >= (6, 12)
    }

    @Test("when the worker ends, so do its programs and what they started, and its folder goes")
    func endsWithTheWorker() async throws {
        let script = "setsid sleep 1000 & " + Self.answering(#"echo '{"outputs":[1]}'"#)
        let worker = try await WorkerBench.with([Steps.hook, Self.step(script)]) { bench in
            _ = try #require(await bench.run("{}"))
            while Self.processes(of: bench.worker).count < 3 { await Task.yield() }
            #expect(FileManager.default.fileExists(atPath: bench.folder.file(bench.worker.text)))
            bench.kill()
            _ = await bench.gone()
            #expect(!FileManager.default.fileExists(atPath: bench.folder.file(bench.worker.text)))
            return bench.worker
        }
        #expect(Self.processes(of: worker).isEmpty)
    }
}
