import HTTP2
import Logging
import Metrics
import MetricsTestKit
import NIOPosix
import RPC
import RPCOverHTTP2
import TestKit
import Testing

@Suite("What a pool of endpoints leaves in metrics", .timeLimit(.minutes(1)))
struct PoolFiguresTests {
    static let group = MultiThreadedEventLoopGroup.singleton

    static func listen(
        _ folder: TemporaryFolder, _ name: String, failing error: RPCError? = nil
    ) async throws -> RPCListener {
        let routes = Greeter.routes { _ in
            if let error { throw error }
            return name
        }
        return try await RPCListener.bind(
            to: .unixSocket(path: folder.file(name)),
            router: try RPCRouter([routes], access: .everyone), group: self.group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("endpoints, connections and ejections are counted for each peer")
    func pool() async throws {
        let folder = try TemporaryFolder()
        let good = try await Self.listen(folder, "good")
        let bad = try await Self.listen(folder, "bad", failing: RPCError(.unavailable, "broken"))
        let metrics = TestMetrics()
        let addresses = [good.address, bad.address, .unixSocket(path: folder.file("none"))]
        let peer = withMetricsFactory(metrics) {
            RPCPeer(addresses, name: "pool", group: Self.group)
        }
        let client = RPCClient(
            Greeter.self, carry: peer.carry, options: RPCClientOptions(retry: .never))
        let label = [("peer", "pool")]
        let ejections = try metrics.expectCounter("rpc_client_ejections_total", label)
        while ejections.totalValue == 0 { _ = try? await client.send(Greet(name: "Ada")) }
        while (try? await client.send(Greet(name: "Ada"))) != "good" {}
        #expect(try metrics.expectGauge("rpc_client_endpoints", label).lastValue == 3)
        #expect(try metrics.expectGauge("rpc_client_endpoints_ejected", label).lastValue == 1)
        #expect(try metrics.expectGauge("rpc_client_connections", label).lastValue == 2)
        #expect(
            try metrics.expectCounter("rpc_client_connect_failures_total", label).totalValue > 0)
        await peer.shutDown()
        #expect(try metrics.expectGauge("rpc_client_connections", label).lastValue == 0)
        await good.drain(grace: .zero)
        await bad.drain(grace: .zero)
    }

    private struct Nothing: EndpointResolver {
        func resolve() async throws -> [HTTP2Address] { [] }
    }

    @Test("look-ups that fail are counted")
    func resolution() async throws {
        let metrics = TestMetrics()
        let peer = withMetricsFactory(metrics) {
            RPCPeer(resolver: Nothing(), name: "lost", group: Self.group)
        }
        let client = RPCClient(
            Greeter.self, carry: peer.carry, options: RPCClientOptions(retry: .never))
        let error = await #expect(throws: RPCError.self) { try await client.send(Greet(name: "")) }
        #expect(error?.code == .unavailable)
        await peer.shutDown()
        #expect(
            try metrics.expectCounter(
                "rpc_client_resolve_failures_total", [("peer", "lost")]
            ).totalValue > 0)
    }
}
