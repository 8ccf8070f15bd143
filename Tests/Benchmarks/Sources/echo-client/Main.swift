import BenchmarkAPI
import HTTP2
import NIOPosix
import RPC
import RPCOverHTTP2

/// Loads an echo server from one event loop; prints one JSON object.
@main
struct Main {
    static let usage = """
        usage: echo-client closed ADDRESS IN-FLIGHT SECONDS [CERTIFICATE-FOLDER]
               echo-client open ADDRESS CALLS-A-SECOND SECONDS CONNECTIONS
               echo-client stream ADDRESS ITEMS
        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3, let first = Int(arguments[2]) else { return print(self.usage) }
        let address = try HTTP2Address(arguments[1])
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let executor = LoopExecutor.on(group.next())
        // A trace travels with every call, as it does between services.
        let context = CallContext(trace: TraceContext())
        switch (arguments[0], arguments.dropFirst(3).first.flatMap { Int($0) }) {
        case ("closed", let seconds?):
            let tls = try arguments.dropFirst(4).first.map { folder in
                try HTTP2TLS(
                    certificateChainPath: "\(folder)/client.pem",
                    privateKeyPath: "\(folder)/client.key", authoritiesPath: "\(folder)/ca.pem"
                ).clientContext()
            }
            let peer = RPCPeer([address], tls: tls, serverName: "localhost", group: group)
            let load = ClosedLoop(
                client: RPCClient(carry: peer.carry), inFlight: first, executor: executor)
            try await CallContext.$current.withValue(context) {
                try await load.report(seconds: seconds)
            }
            await peer.shutDown()
        case ("open", let seconds?):
            guard let count = arguments.dropFirst(4).first.flatMap({ Int($0) }) else {
                return print(self.usage)
            }
            let peers = (0..<count).map { _ in RPCPeer([address], group: group) }
            let load = OpenLoop(
                clients: peers.map { RPCClient(carry: $0.carry) }, callsPerSecond: first,
                loop: group.next())
            try await CallContext.$current.withValue(context) {
                try await load.report(seconds: seconds)
            }
            for peer in peers { await peer.shutDown() }
        case ("stream", _):
            let peer = RPCPeer([address], group: group)
            let load = OneStream(client: RPCClient(carry: peer.carry), executor: executor)
            try await CallContext.$current.withValue(context) {
                try await load.report(items: first)
            }
            await peer.shutDown()
        default: print(self.usage)
        }
    }
}
