import Foundation
import JSONAPI
import TestKit
import Testing

@Suite("covenant rpc against a service it was not built with", .timeLimit(.minutes(2)))
struct RPCCommandTests {
    @Test("list shows every method with its kind and repetition")
    func list() async throws {
        try await RunningTool.run { tool in
            let table = try await tool.rpc(["list"])
            let rows = table.text.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(rows.first == ["METHOD", "KIND", "REPETITION"])
            for row in [
                ["tool.v1/Add", "client_streaming", "idempotent"],
                ["tool.v1/Echo", "bidirectional", "safe"], ["tool.v1/Fail", "unary", "unsafe"],
                ["tool.v1/Tick", "server_streaming", "safe"],
                ["health.v1/Check", "unary", "safe"],
            ] {
                #expect(rows.contains(row.map { $0[...] }), "\(table)")
            }
            let json = try JSON(parsing: try await tool.rpc(["list", "--json"]).output)
            #expect(json.array?.count == rows.count - 1)
            #expect(
                json.array?.contains([
                    "service": "tool.v1", "method": "Fail", "kind": "unary",
                    "repetition": "unsafe",
                ]) == true)
        }
    }

    @Test("describe shows the messages, and its example is a call")
    func describe() async throws {
        try await RunningTool.run { tool in
            let page = try await tool.rpc(["describe", "tool.v1/Mirror"])
            let example =
                #"{"text":"text","photo":"AAEC","big":1,"colour":"red"}"#
            #expect(page.text.contains("tool.v1/Mirror  unary, safe\n"), "\(page)")
            #expect(page.text.contains("  example  \(example)\n"), "\(page)")
            let answer = try await tool.rpc(["call", "tool.v1/Mirror", example])
            #expect(
                answer.text
                    == example.replacing("}", with: ",\"caller\":\"operator\"}") + "\n", "\(answer)"
            )
            let whole = try await tool.rpc(["describe", "tool.v1", "--json"])
            #expect(try JSON(parsing: whole.output)["methods"]?.array?.count == 5)
            let add = try await tool.rpc(["describe", "tool.v1/Add"])
            #expect(add.text.contains("  then sent  Add.RequestElement\n"), "\(add)")
        }
    }

    @Test("TLS carries it as the name in the certificate")
    func tls() async throws {
        try await RunningTool.run { tool in
            let answer = try await tool.rpc(
                ["call", "tool.v1/Mirror", #"{"text":"x"}"#], at: tool.remote)
            #expect(answer.text == "{\"text\":\"x\",\"caller\":\"contracts\"}\n", "\(answer)")
        }
    }

    @Test("a message comes from the command line, a file or standard input")
    func sources() async throws {
        try await RunningTool.run { tool in
            let file = tool.folder.file("message")
            try #"{"text":"x"}"#.write(toFile: file, atomically: true, encoding: .utf8)
            for message in [#"{"text":"x"}"#, "@\(file)", "-"] {
                let answer = try await tool.rpc(
                    ["call", "tool.v1/Mirror", message], input: "{\"text\":\n\"x\"}\n")
                #expect(answer.text == "{\"text\":\"x\",\"caller\":\"operator\"}\n", "\(answer)")
            }
        }
    }

    @Test("metadata, the key and GET go along, and what comes back is shown")
    func beside() async throws {
        try await RunningTool.run { tool in
            let call = ["call", "tool.v1/Mirror", #"{"text":"x"}"#, "--verbose"]
            let answer = try await tool.rpc(
                call + [
                    "--metadata", "tenant: t1", "--metadata", "blob-bin:AAEC",
                    "--idempotency-key", "key-1",
                ])
            #expect(
                answer.text == "{\"text\":\"x\",\"caller\":\"operator\",\"key\":\"key-1\"}\n")
            for line in [
                "> POST /rpc/tool.v1/Mirror", "> idempotency-key: key-1", "> tenant: t1",
                "> blob-bin: AAEC", "< tenant: t1", "< blob-bin: AAEC",
            ] {
                #expect(answer.errors.split(separator: "\n").contains(line[...]), "\(answer)")
            }
            let get = try await tool.rpc(call + ["--get"])
            #expect(get.text == "{\"text\":\"x\",\"caller\":\"operator\"}\n", "\(get)")
            #expect(get.errors.hasPrefix("> GET /rpc/tool.v1/Mirror\n"))
        }
    }

    @Test("streams are one line an item, both ways")
    func streams() async throws {
        try await RunningTool.run { tool in
            let ticks = try await tool.rpc(
                ["call", "tool.v1/Tick", #"{"upTo":2}"#, "--verbose"])
            #expect(ticks.text == "{\"number\":1}\n{\"number\":2}\n", "\(ticks)")
            #expect(ticks.errors.contains("< first: a\n"))
            #expect(ticks.errors.hasSuffix("< at the end last: z\n"), "\(ticks)")
            let broken = try await tool.rpc(["call", "tool.v1/Tick", #"{"upTo":1,"fails":true}"#])
            #expect(broken.status == 79)
            #expect(broken.text == "{\"number\":1}\n")
            #expect(broken.errors == "data_loss: the rest is gone\n")
            let sum = try await tool.rpc(
                ["call", "tool.v1/Add", #"{"start":1}"#],
                input: "{\"number\":2}\n\n{\"number\":3}\n")
            #expect(sum.text == "{\"sum\":6}\n", "\(sum)")
            let echo = try await tool.rpc(
                ["call", "tool.v1/Echo"], input: "{\"text\":\"a\"}\n{\"text\":\"b\"}")
            #expect(echo.text == "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", "\(echo)")
        }
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let errors: String
        var input = ""
        var testDescription: String { self.errors }
    }

    static let failures: [Failure] = [
        Failure(
            arguments: ["call", "tool.v1/Fail"], status: 73,
            errors: """
                failed_precondition: not now
                  tool.v1.Why: [1, 2]
                  the service asks to wait 250 ms before trying again

                """),
        Failure(
            arguments: ["call", "tool.v1/Mirror"], status: 64,
            errors: "error: /text: required by Mirror and missing\n"),
        Failure(
            arguments: ["call", "tool.v1/Mirror", "{"], status: 64,
            errors: "error: line 1, column 2"),
        Failure(
            arguments: ["call", "tool.v1/Mirror", "@/nothing"], status: 64,
            errors: "Error: /nothing cannot be read."),
        Failure(
            arguments: ["call", "tool.v1/Add", #"{"start":1}"#], status: 64,
            errors: "error: line 2: /numbr: unknown field: Add.RequestElement has number\n",
            input: "{\"number\":1}\n{\"numbr\":2}\n"),
        Failure(
            arguments: ["call", "tool.v1/Add", "-"], status: 64,
            errors: "Error: tool.v1/Add takes a stream, which is read from standard input"),
        Failure(
            arguments: ["call", "tool.v1/Fail", "--get"], status: 64,
            errors: "Error: tool.v1/Fail is unary, unsafe; --get is for safe unary methods."),
        Failure(
            arguments: ["call", "tool.v1/Mirror", "--metadata", "rpc-x:1"], status: 64,
            errors: "Error: rpc-x is not for metadata"),
        Failure(
            arguments: ["call", "tool.v1/Mirror", "--timeout", "0"], status: 64,
            errors: "Error: --timeout is 0.001 to 86400 seconds."),
        Failure(
            arguments: ["call", "tool.v1"], status: 64,
            errors: "Error: tool.v1 is not SERVICE/METHOD."),
        Failure(
            arguments: ["call", "tool.v1/Nothing"], status: 76,
            errors: "unimplemented: tool.v1 has no method Nothing, it has Add, Echo, Fail, Mirror"),
        Failure(
            arguments: ["describe", "other.v1"], status: 69,
            errors: "not_found: no service other.v1 is served here\n"),
        Failure(
            arguments: ["bench", "tool.v1/Fail"], status: 64,
            errors: "Error: tool.v1/Fail is unsafe: every call changes something."),
        Failure(
            arguments: ["bench", "tool.v1/Tick", #"{"upTo":1}"#], status: 64,
            errors: "Error: tool.v1/Tick streams; only unary methods are measured."),
        Failure(
            arguments: ["bench", "tool.v1/Mirror", "--connections", "20"], status: 64,
            errors: "Error: --connections is 1 to 256 and not more than --in-flight."),
    ]

    @Test("a failure says what is wrong, and the exit status says which", arguments: Self.failures)
    func fails(_ failure: Failure) async throws {
        try await RunningTool.run { tool in
            let result = try await tool.rpc(failure.arguments, input: failure.input)
            #expect(result.status == failure.status, "\(result)")
            #expect(result.errors.hasPrefix(failure.errors), "\(result)")
            #expect(result.output.isEmpty)
        }
    }

    @Test("nobody is there, nobody is named, and a wrong name")
    func places() async throws {
        try await RunningTool.run { tool in
            let away = try await tool.rpc(["list"], at: ["--socket", tool.folder.file("none")])
            #expect(away.status == 78)
            #expect(away.errors.hasPrefix("unavailable: no connection to "), "\(away)")
            let nothing = try await tool.rpc(
                ["list"], at: ["--service", "contracts", "--data", tool.folder.path])
            #expect(nothing.status == 78)
            #expect(nothing.errors == "unavailable: nothing runs in \(tool.folder.path)\n")
            #expect(try await tool.rpc(["list"], at: []).status == 64)
            #expect(try await tool.rpc(["list"], at: ["--host", "localhost"]).status == 64)
            let nobody = try await tool.rpc(
                ["call", "tool.v1/Fail"], at: ["--socket", tool.socket])
            #expect(nobody.status == 80, "\(nobody)")
            let token = tool.folder.file("wrong")
            try "operator:other\n".write(toFile: token, atomically: true, encoding: .utf8)
            let wrong = try await tool.rpc(
                ["list"], at: ["--socket", tool.socket, "--token-file", token])
            #expect(wrong.status == 80, "\(wrong)")
        }
    }

    @Test("bench makes as many calls as it is told, and counts errors by code")
    func bench() async throws {
        try await RunningTool.run { tool in
            let figures = try await tool.rpc([
                "bench", "tool.v1/Mirror", #"{"text":"x"}"#, "--calls", "300", "--in-flight", "8",
                "--connections", "2",
            ])
            #expect(figures.status == 0, "\(figures)")
            #expect(figures.text.contains("calls       300 in "), "\(figures)")
            #expect(figures.text.contains("in flight   8 on 2 connections\n"), "\(figures)")
            for name in ["calls/s", "p50", "p90", "p99", "client CPU"] {
                #expect(figures.text.contains("\n\(name) "), "\(figures)")
            }
            let failing = try await tool.rpc([
                "bench", "tool.v1/Fail", "--calls", "20", "--allow-unsafe",
            ])
            #expect(failing.status == 73, "\(failing)")
            #expect(failing.text.contains("errors      20 failed_precondition\n"), "\(failing)")
        }
    }
}
