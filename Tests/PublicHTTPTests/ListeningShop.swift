import NIOCore
import NIOPosix
import NIOSSL

@testable import PublicHTTP

/// A shop behind a real port, for the time of a test.
struct ListeningShop: Sendable {
    let edge: PublicEdge
    let listener: PublicListener
    /// How often a large answer was made.
    let largeAnswers: AnswerCounter

    /// Runs a test against a shop and drains it afterwards.
    static func run(
        limits: PublicLimits = PublicLimits(), gate: AsyncStream<ServerEvent>? = nil,
        tls: NIOSSLContext? = nil, _ body: (ListeningShop) async throws -> Void
    ) async throws {
        let counter = AnswerCounter()
        let edge = try Shop.edge(limits: limits, gate: gate, largeAnswers: counter)
        let listener = try await PublicListener.bind(
            host: "127.0.0.1", port: 0, edge: edge, tls: tls,
            group: MultiThreadedEventLoopGroup.singleton)
        let shop = ListeningShop(edge: edge, listener: listener, largeAnswers: counter)
        do {
            try await body(shop)
        } catch {
            await listener.drain(grace: .seconds(0))
            throw error
        }
        await listener.drain(grace: .seconds(0))
    }

    /// Sends a text on a new connection and gives everything that comes until the server closes.
    func exchange(_ text: String) async throws -> String {
        let connection = try await RawConnection(port: self.listener.port)
        try await connection.send(text)
        return await connection.receive()
    }
}
