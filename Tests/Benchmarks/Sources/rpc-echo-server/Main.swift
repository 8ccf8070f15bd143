import BenchmarkAPI
import HTTP2
import Logging
import NIOPosix
import RPC
import RPCOverHTTP2

/// Serves `Echo` through the whole stack on one event loop, until it is killed.
///
/// Usage: `rpc-echo-server ADDRESS`; prints `listening ADDRESS` when it is ready.
@main
struct Main {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: rpc-echo-server unix:/path | host:port")
            return
        }
        var routes = RPCRoutes(BenchmarkService.self)
        routes.on(Echo.self) { Echo.Reply(payload: $0.payload) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await RPCListener.bind(
            to: HTTP2Address(CommandLine.arguments[1]),
            router: try RPCRouter([routes], access: .everyone), group: group,
            logger: Logger(label: "rpc-echo-server"))
        print("listening \(listener.address)")
        fflushStandardOutput()
        try await Task.sleep(for: .seconds(24 * 60 * 60))
    }
}
