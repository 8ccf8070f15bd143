import NIOCore
import Testing

@testable import PublicHTTP

@Suite("Stopping", .timeLimit(.minutes(1)))
struct DrainTests {
    @Test("a stream of events ends when the listener drains, and the drain ends with it")
    func events() async throws {
        let (gate, continuation) = AsyncStream<ServerEvent>.makeStream()
        try await ListeningShop.run(gate: gate) { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            continuation.yield(ServerEvent(data: "first"))
            let first = await connection.receive { $0.contains("data: first\n\n") }
            #expect(first.contains("data: first\n\n"))
            async let drained: Void = shop.listener.drain(grace: .seconds(30))
            #expect(await connection.receive { $0.hasSuffix("0\r\n\r\n") }.hasSuffix("0\r\n\r\n"))
            await connection.close()
            await drained
            #expect(shop.listener.connectionCount == 0)
        }
    }

    @Test("idle connections are closed and new ones refused")
    func idle() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /context HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await connection.receive { $0.hasSuffix("}") }
            await shop.listener.drain(grace: .seconds(30))
            #expect(await connection.receive() == "")
            await #expect(throws: (any Error).self) {
                try await RawConnection(port: shop.listener.port)
            }
        }
    }

    @Test("what is still running after the grace is cut off")
    func grace() async throws {
        try await ListeningShop.run { shop in
            let connection = try await RawConnection(port: shop.listener.port)
            try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            while shop.edge.runningCount == 0 { await Task.yield() }
            await shop.listener.drain(grace: .milliseconds(1))
            #expect(shop.listener.connectionCount == 0)
            #expect(await connection.receive() == "")
        }
    }
}
