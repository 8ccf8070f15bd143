import Testing

@testable import PublicHTTP

@Suite("HTTP/1.1", .timeLimit(.minutes(1)))
struct HTTP1Tests {
    @Test(
        "a request that two readers could understand differently is refused, and the connection ends",
        arguments: [
            ("GET /context HTTP/1.1\r\n\r\n", 400, "invalid_host"),
            ("GET /context HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "invalid_host"),
            ("GET /context HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "invalid_host"),
            ("GET http://b/context HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_host"),
            ("GET ftp://a/context HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
            (
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501,
                "unsupported_transfer_encoding"
            ),
            (
                "POST /hook/1 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501,
                "unsupported_transfer_encoding"
            ),
            (
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed_request"
            ),
            (
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
                400, "malformed_request"
            ),
            ("GET /context HTTP/1.1\nHost: a\n\n", 400, "malformed_request"),
            ("get /context HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
            ("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 400, "malformed_request"),
            (
                "GET /context HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417,
                "expectation_failed"
            ),
            (
                "GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414,
                "uri_too_long"
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 9000))\r\n\r\n",
                431,
                "headers_too_large"
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
                431, "headers_too_large"
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: 1\r\n", count: 100))\r\n",
                431,
                "headers_too_large"
            ),
            (
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n", 413,
                "body_too_large"
            ),
            (
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "41\r\n\(String(repeating: "x", count: 65))\r\n", 413, "body_too_large"
            ),
        ])
    func refused(request: String, status: Int, code: String) async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send(request)
            let answer = await connection.receive { $0.hasSuffix("\"meta\":{}}") }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains("\"code\":\"\(code)\""))
            #expect(answer.contains("connection: close"))
            await connection.close()
        }
    }

    @Test("requests in one piece are answered in order on one connection")
    func pipelining() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nfirst"
                    + "POST /hook/2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n"
                    + "POST /hook/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Content-Length: 5\r\n\r\nthird")
            #expect(answer.hasSuffix("\r\n\r\nthird"))
            let first = try #require(answer.firstRange(of: "first"))
            let second = try #require(answer.firstRange(of: "second"))
            #expect(first.upperBound < second.lowerBound)
        }
    }

    @Test("a request may come byte by byte")
    func dribble() async throws {
        var patient = PublicLimits()
        patient.prefaceSecondsMax = 300
        patient.headSecondsMax = 300
        try await ListeningShop.run(limits: patient) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            let request =
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"
            for byte in Array(request.utf8) { try await connection.send([byte]) }
            let answer = await connection.receive()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test("an absolute URI with the same host is what its path is")
    func absoluteForm() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                "GET HTTP://A:80/healthy?x HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("There is nothing at /healthy."))
        }
    }

    @Test("HTTP/1.0 needs no host, and its connection ends with the answer")
    func http10() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange("GET /context HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(answer.contains("connection: close\r\n"))
        }
    }

    @Test("who waits for a sign to send the body gets it")
    func expectContinue() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send(
                "POST /hook/1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    + "Connection: close\r\nContent-Length: 4\r\n\r\n")
            let sign = await connection.receive { $0.hasSuffix("\r\n\r\n") }
            #expect(sign == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("body")
            #expect(await connection.receive().hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test("HEAD is answered without a body and the connection goes on")
    func head() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                "HEAD /context HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /hook/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Content-Length: 2\r\n\r\nok")
            let parts = answer.components(separatedBy: "\r\n\r\n")
            #expect(parts.count == 3)
            #expect(parts[1].hasPrefix("HTTP/1.1 200 OK"))
            #expect(parts[2] == "ok")
        }
    }

    @Test("events come in chunks, each as it happens")
    func events() async throws {
        try await ListeningShop.run { shop in
            let answer = try await shop.exchange(
                "GET /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("content-type: text/event-stream\r\n"))
            #expect(answer.contains("transfer-encoding: chunked\r\n"))
            #expect(answer.contains("id: 1\nevent: tick\ndata: a\ndata: b\n\n"))
            #expect(answer.contains("data: \n\n"))
            #expect(answer.hasSuffix("0\r\n\r\n"))
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

    @Test("a client that goes away ends its request")
    func gone() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            while shop.edge.runningCount == 0 { await Task.yield() }
            await connection.close()
            while shop.edge.runningCount > 0 { await Task.yield() }
        }
    }

    @Test("a request that takes too long is answered so")
    func late() async throws {
        var limits = PublicLimits()
        limits.requestSecondsMax = 0
        try await ListeningShop.run(limits: limits) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = await connection.receive { $0.hasSuffix("\"meta\":{}}") }
            #expect(answer.hasPrefix("HTTP/1.1 504 "))
            await connection.close()
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
