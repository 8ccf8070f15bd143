import Foundation
import TestKit
import Testing

/// Clients that share nothing with this code call a real listener.
@Suite("Other clients", .timeLimit(.minutes(2)))
struct OtherClientsTests {
    @Test("the page has examples for each client")
    func coverage() {
        let snippets = OtherClientsPage.snippets
        for word in ["curl ", "nghttp ", "httpx"] {
            #expect(snippets.contains { $0.code.contains(word) }, "\(word)")
        }
        #expect(snippets.allSatisfy { !$0.output.isEmpty && $0.language != "text" })
    }

    @Test(
        "each example of the page prints what the page says", arguments: OtherClientsPage.snippets)
    func page(_ snippet: OtherClientsPage.Snippet) async throws {
        try await ExampleListener.run { example in
            let result =
                snippet.language == "bash"
                ? try await Self.bash(snippet.code, example)
                : try await Self.python(snippet.code, example)
            #expect(result.status == 0, "\(result.errors)")
            // What an example writes to standard error comes before its answer.
            #expect(result.errors + result.text == snippet.output)
        }
    }

    @Test(
        "a client that goes away cancels its call",
        arguments: [
            ["curl", "--silent", "--http2-prior-knowledge", "--data-binary", "@-"],
            ["nghttp", "--data=/dev/stdin"],
        ])
    func goneAway(client: [String]) async throws {
        try await ExampleListener.run { example in
            let program = try Program(
                client[0],
                client.dropFirst() + [
                    "--header", "content-type: application/cbor",
                    "http://\(example.address)/rpc/example.v1/Wait",
                ], input: [0xa0])
            await example.waiting.began.pass()
            program.kill()
            await example.waiting.ended.pass()
            #expect(try await program.result().status != 0)
        }
    }

    @Test("leaving a stream before its end cancels it, and the connection serves on")
    func leftStream() async throws {
        let script = """
            import os, cbor2, httpx

            transport = httpx.HTTPTransport(uds=os.environ["SOCKET"], http1=False, http2=True)
            client = httpx.Client(transport=transport, base_url="http://localhost/rpc/example.v1/")
            body = cbor2.dumps(cbor2.dumps({"from": 0}))
            headers = {"content-type": "application/cbor-seq"}
            with client.stream("POST", "CountDown", content=body, headers=headers) as response:
                print(cbor2.loads(cbor2.loads(next(response.iter_bytes()))))
            print(client.get("Greet", params={"m": "oWRuYW1lY0FkYQ"}).status_code)
            """
        try await ExampleListener.run { example in
            let result = try await Self.python(script, example)
            #expect(result.text == "{'number': 0}\n200\n", "\(result.errors)")
            await example.waiting.ended.pass()
        }
    }

    @Test("curl holds a conversation: each reply comes before the next message is sent")
    func conversation() async throws {
        let script = """
            import os, subprocess, cbor2

            def item(message):
                return cbor2.dumps(cbor2.dumps(message))

            curl = subprocess.Popen(
                ["curl", "--silent", "--no-buffer", "--http2-prior-knowledge",
                 "--unix-socket", os.environ["SOCKET"], "--request", "POST",
                 "--header", "content-type: application/cbor-seq", "--upload-file", ".",
                 "http://localhost/rpc/example.v1/Chat"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
            curl.stdin.write(item({}))
            for text in ["a", "b", "c"]:
                curl.stdin.write(item({"text": text}))
                reply = b""
                while len(reply) < 9:
                    reply += curl.stdout.read(9 - len(reply))
                print(cbor2.loads(cbor2.loads(reply)))
            curl.stdin.close()
            print(cbor2.loads(curl.stdout.read()), curl.wait())
            """
        try await ExampleListener.run { example in
            let result = try await Self.python(script, example)
            #expect(
                result.text == "{'text': 'a'}\n{'text': 'b'}\n{'text': 'c'}\n{} 0\n",
                "\(result.errors)")
        }
    }

    @Test("a stream that fails ends with the code and the message")
    func failedStream() async throws {
        try await ExampleListener.run { example in
            let result = try await Program.run(
                "curl",
                [
                    "--silent", "--http2-prior-knowledge", "--unix-socket",
                    example.folder.file("s"),
                    "--header", "content-type: application/cbor-seq", "--data-binary", "@-",
                    "http://localhost/rpc/example.v1/CountDown",
                ], input: [0x47, 0xa1, 0x64] + Array("from".utf8) + [0x20])
            let items = try await Program.run(
                Program.python,
                [
                    "-c",
                    """
                    import io, sys, cbor2
                    stream = io.BytesIO(sys.stdin.buffer.read())
                    while stream.tell() < len(stream.getvalue()):
                        item = cbor2.CBORDecoder(stream).decode()
                        print(cbor2.loads(item) if isinstance(item, bytes) else item)
                    """,
                ], input: result.output)
            #expect(
                items.text == "{'number': 1}\n{'c': 'data_loss', 'm': 'the rest is gone'}\n",
                "\(items.errors)")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]
        let answer: String
    }

    @Test(
        "what is no call is refused with a status and a code",
        arguments: [
            Refusal(
                testDescription: "an unknown method",
                arguments: ["--data-binary", "@-", "/rpc/example.v1/Nothing"],
                answer: "501 unimplemented"),
            Refusal(
                testDescription: "a GET of an unsafe method",
                arguments: ["/rpc/example.v1/Wait?m=oA"],
                answer: "405 unimplemented"),
            Refusal(
                testDescription: "JSON",
                arguments: [
                    "--header", "content-type: application/json", "--data-binary", "@-",
                    "/rpc/example.v1/Greet",
                ], answer: "415 invalid_argument"),
            Refusal(
                testDescription: "a form, which curl sends by itself",
                arguments: ["--data", "name=Ada", "/rpc/example.v1/Greet"],
                answer: "415 invalid_argument"),
        ])
    func refusals(_ refusal: Refusal) async throws {
        try await ExampleListener.run { example in
            let path = try #require(refusal.arguments.last)
            let result = try await Program.run(
                "curl",
                refusal.arguments.dropLast() + [
                    "--silent", "--http2-prior-knowledge", "--output", "/dev/null", "--write-out",
                    "%{http_code} %header{rpc-code}", "http://\(example.address)\(path)",
                ], input: [0xa0])
            #expect(result.text == refusal.answer)
        }
    }

    // MARK: Running them

    /// Runs a command line in which `python3` is the Python that has cbor2.
    static func bash(_ code: String, _ example: ExampleListener) async throws -> Program.Result {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let python = URL(filePath: Program.python).deletingLastPathComponent().path
        return try await Program.run(
            "bash", ["-euo", "pipefail", "-c", code],
            environment: example.environment.merging(["PATH": "\(python):\(path)"]) { $1 })
    }

    static func python(_ code: String, _ example: ExampleListener) async throws -> Program.Result {
        try await Program.run(Program.python, ["-c", code], environment: example.environment)
    }
}
