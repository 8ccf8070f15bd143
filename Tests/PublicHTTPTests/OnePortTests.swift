import HTTP2
import JSONAPI
import NIOCore
import NIOPosix
import Testing

@testable import PublicHTTP

@Suite("One port, two protocols", .timeLimit(.minutes(1)))
struct OnePortTests {
    private func call(
        _ shop: ListeningShop, _ method: String, _ path: String, _ fields: HTTP2Fields = [:],
        body: [UInt8] = []
    ) async throws -> HTTP2ClientResponse {
        let connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: "127.0.0.1", port: shop.listener.port),
            group: MultiThreadedEventLoopGroup.singleton)
        defer { connection.close() }
        let head = try HTTP2RequestHead(
            method: method, scheme: "http", authority: "localhost", path: path)
        return try await connection.call(
            HTTP2ClientRequest(head: head, fields: fields, body: body))
    }

    @Test("HTTP/2 and HTTP/1.1 get the same document on the same port")
    func both() async throws {
        try await ListeningShop.run { shop in
            let new = try await self.call(
                shop, "GET", "/v2/things/\(Shop.thingID)", ["authorization": Credentials.key])
            #expect(new.status == 200)
            #expect(new.fields.first("etag") == "\"v1\"")
            let old = try await shop.exchange(
                "GET /v2/things/\(Shop.thingID) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Authorization: \(Credentials.key)\r\n\r\n")
            #expect(old.hasSuffix(String(decoding: new.body, as: UTF8.self)))
        }
    }

    @Test("errors over HTTP/2 are documents too")
    func errors() async throws {
        try await ListeningShop.run { shop in
            let refused = try await self.call(shop, "DELETE", "/v2/things")
            #expect(refused.status == 405)
            #expect(refused.fields.first("allow") == "POST")
            let large = try await self.call(
                shop, "POST", "/hook/1", body: Array(repeating: 0x78, count: 65))
            #expect(large.status == 413)
            let code = try JSON(parsing: large.body)["errors"]?.array?.first?["code"]
            #expect(code == "body_too_large")
        }
    }

    @Test("HEAD over HTTP/2 has a length and no body")
    func head() async throws {
        try await ListeningShop.run { shop in
            let answer = try await self.call(
                shop, "HEAD", "/v2/things/me", ["authorization": Credentials.key])
            #expect(answer.fields.first("content-length") == "11")
            #expect(answer.body.isEmpty)
        }
    }

    @Test("events over HTTP/2 arrive in order")
    func events() async throws {
        try await ListeningShop.run { shop in
            let answer = try await self.call(shop, "GET", "/events")
            #expect(
                String(decoding: answer.body, as: UTF8.self)
                    == "id: 1\nevent: tick\ndata: a\ndata: b\n\ndata: \n\n")
        }
    }

    @Test(
        "the first byte that differs from the preface decides",
        arguments: [
            ("P", nil), ("PRI", nil), ("PUT / HTTP/1.1", ProtocolSniffer.Spoken.http1),
            ("GET", .http1), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", nil),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .http2),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0", .http2),
            ("PRI * HTTP/2.0\r\n\r\nXM", .http1), ("", nil),
        ] as [(String, ProtocolSniffer.Spoken?)])
    func sniffing(text: String, spoken: ProtocolSniffer.Spoken?) {
        #expect(ProtocolSniffer.spoken(ByteBuffer(string: text)) == spoken)
    }

    /// What comes byte by byte takes as long as the machine is busy.
    private static var patient: PublicLimits {
        var limits = PublicLimits()
        limits.prefaceSecondsMax = 600
        return limits
    }

    @Test("the preface of HTTP/2 may come byte by byte")
    func dribble() async throws {
        try await ListeningShop.run(limits: Self.patient) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            for byte in ProtocolSniffer.preface { try await connection.send([byte]) }
            let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
            try await connection.send(settings)
            let answer = await connection.receive { !$0.isEmpty }
            #expect(Array(answer.utf8).dropFirst(3).first == 4)
            await connection.close()
        }
    }

    @Test("a connection that says nothing is closed")
    func silence() async throws {
        var limits = PublicLimits()
        limits.prefaceSecondsMax = 0
        try await ListeningShop.run(limits: limits) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            #expect(await connection.receive() == "")
        }
    }

    @Test("more connections than may be open are closed at once")
    func connections() async throws {
        var limits = PublicLimits()
        limits.connectionsMax = 0
        try await ListeningShop.run(limits: limits) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            #expect(await connection.receive() == "")
        }
    }
}
