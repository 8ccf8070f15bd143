import AttackBench
import HTTP2
import NIOCore
import TestKit
import Testing

@testable import PublicHTTP

/// Raw bytes to the public port, with a neighbour who only wants to be served.
@Suite("HTTP/1.1 attacks", .serialized, .timeLimit(.minutes(1)))
struct HTTP1AttackTests {
    /// A head that is one request to some readers, and two or none to others.
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let status: Int

        init(_ name: String, _ text: String, _ status: Int) {
            self.name = name
            self.text = text
            self.status = status
        }

        var testDescription: String { self.name }
    }

    private static func post(_ fields: String, _ body: String = "") -> String {
        "POST /hook/1 HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
    }

    /// What every shape is followed by on its connection; it must never be answered.
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    static let shapes: [Shape] = [
        Shape("no host", "GET /context HTTP/1.1\r\n\r\n", 400),
        Shape(
            "an empty host and another", "GET /context HTTP/1.1\r\nHost: \r\nHost: a\r\n\r\n", 400),
        Shape("two hosts", "GET /context HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Shape("two hosts in one", "GET /context HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        Shape("another host in the URI", "GET http://b/context HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Shape("a user in the URI", "GET http://u@a/context HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Shape("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 400),
        Shape(
            "length, then chunks",
            Self.post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
        Shape(
            "chunks, then length",
            Self.post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400),
        Shape("two lengths", Self.post("Content-Length: 0\r\nContent-Length: 5\r\n"), 400),
        Shape("two equal lengths", Self.post("Content-Length: 0\r\nContent-Length: 0\r\n"), 400),
        Shape("two lengths in one", Self.post("Content-Length: 0, 0\r\n"), 400),
        Shape("a length with a sign", Self.post("Content-Length: +0\r\n"), 400),
        Shape("a length in hexadecimal", Self.post("Content-Length: 0x0\r\n"), 400),
        Shape(
            "a length beyond all numbers", Self.post("Content-Length: 99999999999999999999\r\n"),
            400),
        Shape(
            "gzip, chunked", Self.post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501),
        Shape(
            "chunked twice",
            Self.post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
        Shape("identity", Self.post("Transfer-Encoding: identity\r\n", "0\r\n\r\n"), 501),
        Shape("xchunked", Self.post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501),
        Shape("a tab in front", Self.post("Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"), 400),
        Shape("a space before the colon", Self.post("Content-Length : 0\r\n"), 400),
        Shape("a folded line", Self.post("X: y\r\n z\r\n"), 400),
        Shape("NUL in a value", Self.post("X: a\0b\r\n"), 400),
        Shape("a bare line feed", "GET /context HTTP/1.1\nHost: a\n\n", 400),
        Shape("a bare carriage return", "GET /context HTTP/1.1\rHost: a\r\r", 400),
        Shape("a space in the URI", "GET /con text HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Shape("a version to come", "GET /context HTTP/3.0\r\nHost: a\r\n\r\n", 400),
        Shape("the version of another protocol", "GET /context HTTP/2.0\r\nHost: a\r\n\r\n", 400),
        Shape("a method nobody knows", "BREW /context HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Shape(
            "chunked, identity",
            Self.post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400),
        Shape(
            "a length in the trailers",
            Self.post("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n"), 400),
        Shape("no version", "GET /context\r\n\r\n", 400),
        Shape("a method in lower case", "get /context HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Shape(
            "a chunk of more than all bytes",
            Self.post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"), 400),
        Shape(
            "a chunk that is longer than it says",
            Self.post("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n"), 400),
        Shape(
            "a line feed in a chunk's extension",
            Self.post("Transfer-Encoding: chunked\r\n", "1;x\ny\r\na\r\n0\r\n\r\n"), 400),
        Shape(
            "a list of fields without end in the trailers",
            Self.post(
                "Transfer-Encoding: chunked\r\n",
                "0\r\n" + String(repeating: "x: y\r\n", count: 5000)), 431),
        Shape(
            "chunks on HTTP/1.0",
            "POST /hook/1 HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ]

    /// Sends texts, each on a connection of its own, and gives all that comes until each ends.
    private static func exchange(_ texts: [String]) async throws -> [String] {
        try await AttackBench.run { bench in try bench.exchange(texts) }
    }

    @Test("what follows a request of two meanings is never believed")
    func smuggling() async throws {
        let answers = try await Self.exchange(Self.shapes.map { $0.text + Self.smuggled })
        for (shape, answer) in zip(Self.shapes, answers) {
            #expect(
                answer.hasPrefix("HTTP/1.1 \(shape.status) "),
                "\(shape.name): \(answer.prefix(200))")
            #expect(answer.contains("connection: close\r\n"), "\(shape.name)")
            #expect(!answer.contains("smuggled"), "\(shape.name)")
        }
    }

    /// Paths that would be an operation's if they were resolved, decoded or cut.
    private static let paths = [
        "/v2/../context", "/./context", "/%2e%2e/context", "/context%00", "/context#x",
        "/%2fcontext", "/context\\", "//context", "/\u{e9}",
    ]

    @Test("paths that name nothing are not resolved")
    func paths() async throws {
        let answers = try await Self.exchange(
            Self.paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" })
        for (path, answer) in zip(Self.paths, answers) {
            #expect(
                answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "),
                "\(path): \(answer.prefix(100))")
        }
    }

    @Test("by HTTP/2 too, paths that name nothing are not resolved, and methods are as they are")
    func pathsByHTTP2() async throws {
        let requests =
            Self.paths.map { ("GET", $0, [400, 404]) }
            + [("get", "/context", [400, 404, 405, 501]), ("GET", "/context", [200])]
        let seen = try await AttackBench.run { bench in
            let peer = try bench.attacker()
            for (index, request) in requests.enumerated() {
                let stream = UInt32(index * 2 + 1)
                let fields = Raw.requestFields(method: request.0, path: request.1)
                peer.send(Raw.headers(stream, end: true, fields))
                peer.receive { $0.status(stream) != nil }
            }
            return peer.seen
        }
        for (index, request) in requests.enumerated() {
            let status = try #require(seen.statuses[UInt32(index * 2 + 1)], "\(request)")
            #expect(request.2.contains(status), "\(request): \(status)")
        }
    }

    @Test("header lists, targets and bodies without end are refused while others are served")
    func endless() async throws {
        let endings = [
            ("GET / HTTP/1.1\r\n", String(repeating: "x: y\r\n", count: 500), 431),
            ("GET / HTTP/1.1\r\nx: ", String(repeating: "y", count: 2048), 431),
            ("GET /", String(repeating: "x", count: 2048), 431),
            (Self.post("Transfer-Encoding: chunked\r\n"), "41\r\n", 413),
            (
                Self.post("Transfer-Encoding: chunked\r\n"),
                "1;\(String(repeating: "e", count: 2048))\r\na\r\n", 413
            ),
        ]
        let answers = try await AttackBench.run { bench in
            try endings.map { opening, piece, _ in
                let peer = try bench.connect(.text)
                peer.send(opening)
                for _ in 0..<10_000 where !peer.isClosed && peer.text.isEmpty { peer.send(piece) }
                peer.receiveText { $0.contains("\r\n\r\n") }
                return peer.text
            }
        }
        for (ending, answer) in zip(endings, answers) {
            #expect(answer.hasPrefix("HTTP/1.1 \(ending.2) "), "\(ending.0): \(answer)")
        }
    }

    @Test("a client that pipelines and reads nothing is not read from any more")
    func unreadAnswers() async throws {
        let request = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
        let requests = Array(String(repeating: request, count: 20_000).utf8)
        let handled = try await AttackBench.run { bench in
            let peer = try bench.connect(.text)
            _ = peer.push(requests)
            var handled = -1
            // Nothing changes any more once the server has stopped: others show that time passes.
            while bench.target.largeAnswers.count != handled {
                handled = bench.target.largeAnswers.count
                for _ in 0..<5 { _ = try bench.exchange([Self.farewell]) }
            }
            return handled
        }
        #expect(handled < 600, "\(handled) answers of 64 KiB wait")
    }

    /// A request after which the server closes at once.
    private static let farewell = "GET /context HTTP/1.0\r\n\r\n"

    @Test("a client that takes nothing of an answer is given up")
    func stalledReader() async throws {
        var limits = PublicLimits()
        limits.writeStallSecondsMax = 1
        // The answer of 16 MiB, as it was made and as it is sent.
        let bounds = AttackBounds(heldBytesMax: 40 << 20)
        let text = try await AttackBench.run(within: bounds) { [limits] bench in
            try await ListeningShop.run(limits: limits, on: bench.group) { shop in
                let peer = try bench.connect(.text, to: shop.address)
                _ = peer.push(Array("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                while shop.largeAnswers.count == 0 || shop.listener.connectionCount > 0 {
                    await Task.yield()
                }
                peer.receiveToEnd()
                return peer.text
            }
        }
        #expect(text.utf8.count < 16 << 20)
    }

    /// Something that is begun and left at that.
    private struct Beginning {
        let text: String
        /// What cuts it off.
        let limits: PublicLimits
        /// What the answer begins with; `nil` when there is none.
        var answer: String?

        init(
            _ text: String, _ limit: WritableKeyPath<PublicLimits, Int>, seconds: Int = 0,
            _ answer: String? = nil
        ) {
            var limits = PublicLimits()
            limits[keyPath: limit] = seconds
            self.text = text
            self.limits = limits
            self.answer = answer
        }
    }

    private static let beginnings = [
        Beginning("", \.prefaceSecondsMax),
        Beginning("P", \.prefaceSecondsMax),
        Beginning("PRI * HTTP/2.0\r\n\r\nS", \.prefaceSecondsMax),
        Beginning("GET / HTTP/1.1\r\nHo", \.headSecondsMax, "HTTP/1.1 408 "),
        Beginning("G", \.headSecondsMax, "HTTP/1.1 408 "),
        Beginning(
            Self.post("Content-Length: 60\r\n", "little"), \.bodyGraceSeconds, "HTTP/1.1 408 "),
        Beginning(
            Self.post("Transfer-Encoding: chunked\r\n", "3\r\nab"), \.bodyGraceSeconds,
            "HTTP/1.1 408 "),
        Beginning(
            Self.post("Content-Length: 0\r\n"), \.idleSecondsMax, seconds: 1, "HTTP/1.1 200 "),
    ]

    @Test("what is begun and never ended is cut off in time, and told so where there is a way")
    func slow() async throws {
        let answers = try await AttackBench.run { bench in
            var answers: [[String]] = []
            for beginning in Self.beginnings {
                answers.append(
                    try await ListeningShop.run(limits: beginning.limits, on: bench.group) {
                        try bench.exchange(Array(repeating: beginning.text, count: 20), at: $0)
                    })
            }
            return answers
        }
        for (beginning, all) in zip(Self.beginnings, answers) {
            for answer in all {
                #expect(
                    beginning.answer.map { answer.hasPrefix($0) } ?? answer.isEmpty,
                    "\(beginning.text): \(answer)")
            }
        }
    }

    @Test("TLS handshakes that never come to an end are cut off")
    func slowHandshake() async throws {
        var limits = PublicLimits()
        limits.prefaceSecondsMax = 1
        let folder = try TemporaryFolder()
        let tls = try TestCertificates.write(to: folder).server.serverContext()
        // What TLS takes for a connection, a hundred times.
        let bounds = AttackBounds(heldBytesMax: 24 << 20)
        let answers = try await AttackBench.run(within: bounds) { [limits] bench in
            try await ListeningShop.run(limits: limits, tls: tls, on: bench.group) { shop in
                try bench.exchange(
                    Array(repeating: "", count: 50)
                        + Array(repeating: "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}", count: 50),
                    at: shop)
            }
        }
        #expect(answers.allSatisfy { $0.isEmpty })
    }

    @Test("a client that says that it will say no more is let go")
    func halfClosed() async throws {
        let text = try await AttackBench.run { bench in
            let peer = try bench.connect(.text)
            peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            while bench.target.edge.runningCount == 0 { await Task.yield() }
            peer.shutdownOutput()
            peer.receiveToEnd()
            while bench.target.edge.runningCount > 0 { await Task.yield() }
            return peer.text
        }
        #expect(text == "")
    }

    @Test("a flood of connections that say little leaves others served")
    func connections() async throws {
        let isClosed = try await AttackBench.run { bench in
            for index in 0..<1000 {
                let peer = try bench.connect(.text)
                peer.send(["", "G", "GET / HTTP/1.1\r\n", "PRI * HT"][index % 4])
            }
            // Only the neighbour is left.
            while bench.target.listener.connectionCount > 1 { await Task.yield() }
            return true
        }
        #expect(isClosed)
    }

    @Test(
        "connections beyond the limit are closed at once, and as many as may stay served",
        arguments: [false, true])
    func connectionsMax(ofOneAddress: Bool) async throws {
        var limits = PublicLimits()
        if ofOneAddress {
            limits.connectionsPerAddressMax = 8
        } else {
            limits.connectionsMax = 8
        }
        let answers = try await AttackBench.run(limits: limits) { bench in
            var peers: [RawPeer] = []
            for _ in 0..<30 {
                let peer = try bench.connect(.text)
                peer.send("GET /context HTTP/1.1\r\nHost: a\r\n\r\n")
                peer.receiveText { $0.hasSuffix("}") }
                peers.append(peer)
            }
            return peers.map(\.text)
        }
        // The neighbour is one of the eight.
        #expect(answers.map { $0.isEmpty } == (0..<30).map { $0 >= 7 })
    }

    @Test("HTTP/2 on the public port is guarded as any")
    func http2() async throws {
        let seen = try await AttackBench.run { bench in
            try bench.flood(with: Raw.frame(.ping, [UInt8](repeating: 7, count: 8)), times: 10_000)
        }
        #expect(seen.isClosed)
        #expect(seen.goAway == 11)
        #expect(seen.debugText.contains("too many ping frames"))
    }
}
