import BenchmarkAPI
import Bootstrap
import CAllocationCounter
import HTTP2
import Logging
import Metrics
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2

/// Counts the heap allocations of a typed unary echo at each end, libnghttp2's included.
///
/// Client and server have an event loop each, in this one process, and a Unix socket between them.
@main
struct Main {
    static let callsPerRun = 10_000
    static let runs = 5

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            return print("usage: echo-allocations SOCKET-PATH")
        }
        MetricsSystem.bootstrap(PrometheusMetrics())
        let groups = (0..<2).map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1) }
        var routes = RPCRoutes(BenchmarkService.self)
        routes.on(Echo.self) { Echo.Reply(payload: $0.payload) }
        routes.onStream(Items.self) { _ in AsyncStream<Echo.Reply> { $0.finish() } }
        let logger = Logger(label: "echo-allocations")
        let listener = try await RPCListener.bind(
            to: .unixSocket(path: CommandLine.arguments[1]),
            router: try RPCRouter(
                [routes], access: .everyone,
                interceptors: [
                    RPCInterceptors.trace(), RPCInterceptors.log(logger),
                    RPCInterceptors.metrics(),
                ]), group: groups[0], logger: logger)
        let peer = RPCPeer([listener.address], group: groups[1])
        let client = RPCClient(BenchmarkService.self, carry: peer.carry)
        let loops = groups.map { $0.next() }
        try await self.call(client, on: loops[1])
        var server: [Double] = []
        var caller: [Double] = []
        for _ in 0..<self.runs {
            let before = try await self.allocations(on: loops)
            try await self.call(client, on: loops[1])
            let after = try await self.allocations(on: loops)
            server.append(Double(after[0] - before[0]) / Double(self.callsPerRun))
            caller.append(Double(after[1] - before[1]) / Double(self.callsPerRun))
        }
        print("{\"server\": \(server), \"client\": \(caller)}")
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    private static func call(
        _ client: RPCClient<BenchmarkService>, on loop: any EventLoop
    ) async throws {
        let payload = String(repeating: "x", count: 100)
        try await CallContext.$current.withValue(CallContext(trace: TraceContext())) {
            try await withTaskExecutorPreference(LoopExecutor.on(loop)) {
                for _ in 0..<self.callsPerRun {
                    _ = try await client.send(Echo(payload: payload))
                }
            }
        }
    }

    private static func allocations(on loops: [any EventLoop]) async throws -> [UInt64] {
        var counts: [UInt64] = []
        for loop in loops {
            counts.append(try await loop.submit { allocations_of_this_thread() }.get())
        }
        return counts
    }
}
