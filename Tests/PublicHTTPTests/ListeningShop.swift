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

    let limits: PublicLimits

    init(
        limits: PublicLimits = PublicLimits(), gate: AsyncStream<ServerEvent>? = nil,
        tls: NIOSSLContext? = nil,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws {
        self.limits = limits
        self.largeAnswers = AnswerCounter()
        self.edge = try Shop.edge(limits: limits, gate: gate, largeAnswers: self.largeAnswers)
        self.listener = try await PublicListener.bind(
            host: "127.0.0.1", port: 0, edge: self.edge, tls: tls, group: group)
    }

    /// Runs a test against a shop and drains it afterwards.
    static func run<Found>(
        limits: PublicLimits = PublicLimits(), gate: AsyncStream<ServerEvent>? = nil,
        tls: NIOSSLContext? = nil,
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        _ body: (ListeningShop) async throws -> Found
    ) async throws -> Found {
        let shop = try await ListeningShop(limits: limits, gate: gate, tls: tls, on: group)
        let found: Result<Found, any Error>
        do {
            found = .success(try await body(shop))
        } catch {
            found = .failure(error)
        }
        await shop.drain()
        return try found.get()
    }

    /// Stops serving at once.
    func drain() async { await self.listener.drain(grace: .seconds(0)) }

    /// Sends a text on a new connection and gives everything that comes until the server closes.
    func exchange(_ text: String) async throws -> String {
        let connection = try await RawConnection(port: self.listener.port)
        try await connection.send(text)
        return await connection.receive()
    }
}
