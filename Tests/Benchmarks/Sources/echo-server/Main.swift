import BenchmarkAPI
import Bootstrap
import HTTP2
import Logging
import Metrics
import NIOCore
import NIOPosix
import NIOSSL
import RPC
import RPCOverHTTP2

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Serves an echo on one event loop, until it is killed.
///
/// `typed` is the whole stack with the interceptors of every service, metrics on; `raw` is an
/// HTTP/2 handler that sends the body back. Prints `listening ADDRESS` when it is ready.
@main
struct Main {
    static let usage = "usage: echo-server typed|raw unix:/path|host:port [CERTIFICATE-FOLDER]"

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard (2...3).contains(arguments.count) else { return print(self.usage) }
        let address = try HTTP2Address(arguments[1])
        let tls = try arguments.dropFirst(2).first.map { folder in
            try HTTP2TLS(
                certificateChainPath: "\(folder)/server.pem",
                privateKeyPath: "\(folder)/server.key", authoritiesPath: "\(folder)/ca.pem"
            ).serverContext()
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let bound: HTTP2Address
        switch arguments[0] {
        case "typed": bound = try await self.typed(address, tls, group)
        case "raw": bound = try await self.raw(address, tls, group)
        default: return print(self.usage)
        }
        print("listening \(bound)")
        fflush(nil)
        try await Task.sleep(for: .seconds(24 * 60 * 60))
    }

    private static func typed(
        _ address: HTTP2Address, _ tls: NIOSSLContext?, _ group: MultiThreadedEventLoopGroup
    ) async throws -> HTTP2Address {
        MetricsSystem.bootstrap(PrometheusMetrics())
        var routes = RPCRoutes(BenchmarkService.self)
        routes.on(Echo.self) { Echo.Reply(payload: $0.payload) }
        routes.onStream(Items.self) { ItemSequence(count: $0.count) }
        let logger = Logger(label: "echo-server")
        let router = try RPCRouter(
            [routes], access: .everyone,
            interceptors: [
                RPCInterceptors.trace(), RPCInterceptors.log(logger), RPCInterceptors.metrics(),
            ])
        var limits = HTTP2Limits.internalPeers
        limits.connectionsMax = 20_000
        limits.connectionsPerAddressMax = limits.connectionsMax
        return try await RPCListener.bind(
            to: address, router: router, tls: tls, connectionLimits: limits, group: group,
            logger: logger
        ).address
    }

    private static func raw(
        _ address: HTTP2Address, _ tls: NIOSSLContext?, _ group: MultiThreadedEventLoopGroup
    ) async throws -> HTTP2Address {
        try await HTTP2Listener.bind(
            to: address, tls: tls,
            configuration: HTTP2ServerConfiguration(limits: .internalPeers), group: group
        ) { _ in RawEcho() }.address
    }
}

/// Sends every body back.
struct RawEcho: HTTP2RequestHandler {
    private static let head = HTTP2HeaderBlock(
        status: 200, fields: ["content-type": "application/cbor"])

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        responder.send(Self.head, body: request.takeBody())
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// So many items, made as they are asked for.
struct ItemSequence: AsyncSequence, Sendable {
    let count: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        var left: Int

        mutating func next() async -> Echo.Reply? {
            guard self.left > 0 else { return nil }
            self.left -= 1
            return Self.item
        }

        private static let item = Echo.Reply(payload: String(repeating: "x", count: 100))
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(left: self.count) }
}
