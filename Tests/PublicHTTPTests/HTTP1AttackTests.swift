import Testing

@testable import PublicHTTP

/// Raw bytes to the public port, with a neighbour who only wants to be served.
@Suite("HTTP/1.1 attacks", .timeLimit(.minutes(1)))
struct HTTP1AttackTests {
    /// A neighbour's request may take this many times what it took before the attack …
    private static let slowdownMax = 20
    /// … and in any case this long: the machine has others to serve.
    private static let patience = Duration.milliseconds(500)

    /// Runs an attack on a shop while a neighbour asks again and again.
    private static func attack(
        limits: PublicLimits = PublicLimits(),
        _ attack: @Sendable (ListeningShop) async throws -> Void
    ) async throws {
        try await ListeningShop.run(limits: limits) { shop in
            let quiet = try await Self.slowest(of: 30, shop)
            async let busy = Self.slowest(of: 60, shop)
            try await attack(shop)
            let slowest = try await busy
            #expect(
                slowest <= max(quiet * Self.slowdownMax, Self.patience),
                "the neighbour waited \(slowest), before \(quiet)")
        }
    }

    /// What the slowest of some requests took, all on one connection.
    private static func slowest(of count: Int, _ shop: ListeningShop) async throws -> Duration {
        let connection = try await RawConnection(port: shop.listener.port)
        var slowest = Duration.zero
        for _ in 0..<count {
            let began = ContinuousClock.now
            try await connection.send(
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
            let answer = await connection.receive { $0.hasSuffix("\r\n\r\nbody") }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            slowest = max(slowest, began.duration(to: .now))
        }
        await connection.close()
        return slowest
    }

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

    @Test("what follows a request of two meanings is never believed", arguments: Self.shapes)
    func smuggling(_ shape: Shape) async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(shape.text + Self.smuggled)
            #expect(answer.hasPrefix("HTTP/1.1 \(shape.status) "), "\(answer.prefix(200))")
            #expect(answer.contains("connection: close\r\n"))
            #expect(!answer.contains("smuggled"))
        }
    }

    @Test(
        "paths that name nothing are not resolved",
        arguments: [
            "/v2/../context", "/./context", "/%2e%2e/context", "/context%00", "/context#x",
            "/%2fcontext", "/context\\", "//context", "/\u{e9}",
        ])
    func paths(path: String) async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(
                answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "),
                "\(answer.prefix(100))")
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
        try await Self.attack { shop in
            for (opening, piece, status) in endings {
                let connection = try await RawConnection(port: shop.listener.port)
                try await connection.send(opening)
                // The server may close before all of it has gone.
                for _ in 0..<100 { try? await connection.send(piece) }
                let answer = await connection.receive { $0.contains("\r\n\r\n") }
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(opening): \(answer)")
                await connection.close()
            }
        }
    }

    @Test("a client that pipelines and reads nothing is not read from any more")
    func unreadAnswers() async throws {
        try await Self.attack { shop in
            let connection = try await RawConnection(port: shop.listener.port, reads: false)
            let request = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
            let requests = String(repeating: request, count: 20_000)
            connection.beginSending(requests)
            var handled = -1
            // Nothing changes any more once the server has stopped: the neighbour shows time passing.
            while shop.largeAnswers.count != handled {
                handled = shop.largeAnswers.count
                _ = try await Self.slowest(of: 5, shop)
            }
            #expect(handled < 600, "\(handled) answers of 64 KiB wait")
            await connection.close()
        }
    }

    @Test("a slow client gets all of a large answer before its connection ends")
    func slowReader() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port, reads: false)
            try await connection.send(
                "GET /huge HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            while shop.largeAnswers.count == 0 { await Task.yield() }
            // The server has answered and closes once all is sent: after this, at the earliest.
            try await connection.read()
            let answer = await connection.receive()
            #expect(answer.utf8.count > 16 << 20)
        }
    }

    @Test("heads that dribble are cut off in time, with a limit of no time")
    func slow() async throws {
        var limits = PublicLimits()
        limits.headSecondsMax = 0
        try await ListeningShop.run(limits: limits) { shop in
            for opening in ["GET / HTTP/1.1\r\nHo", "G"] {
                let answer = try await shop.exchange(opening)
                #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(opening)")
            }
        }
    }

    @Test("a client that says that it will say no more is let go")
    func halfClosed() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            while shop.edge.runningCount == 0 { await Task.yield() }
            try await connection.closeOutput()
            #expect(await connection.receive() == "")
            while shop.edge.runningCount > 0 { await Task.yield() }
        }
    }

    @Test("a flood of connections that say little leaves others served")
    func connections() async throws {
        try await Self.attack { shop in
            for index in 0..<200 {
                let connection = try await RawConnection(port: shop.listener.port)
                try await connection.send(["", "G", "GET / HTTP/1.1\r\n", "PRI * HT"][index % 4])
                await connection.close()
            }
        }
    }
}
