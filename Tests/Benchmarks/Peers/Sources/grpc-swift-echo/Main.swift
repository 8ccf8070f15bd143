import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The echo on grpc-swift-2: a server on one event loop, or a client with a fixed number of calls
/// in flight on one connection.
@main
struct Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "server" where arguments.count == 1: try await self.serve()
        case "client" where arguments.count == 4:
            guard let port = arguments[1].split(separator: ":").last.flatMap({ Int($0) }),
                let inFlight = Int(arguments[2]), let seconds = Int(arguments[3])
            else { fallthrough }
            try await self.load(port: port, inFlight: inFlight, seconds: seconds)
        default:
            print("usage: grpc-swift-echo server | client HOST:PORT IN-FLIGHT SECONDS")
        }
    }

    private static func serve() async throws {
        var configuration = HTTP2ServerTransport.Posix.Config.defaults
        configuration.http2.maxConcurrentStreams = 1000
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext,
            config: configuration,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
        let server = GRPCServer(transport: transport, services: [Echo()])
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            if let port = try await transport.listeningAddress.ipv4?.port {
                print("listening 127.0.0.1:\(port)")
                fflush(nil)
            }
            try await group.waitForAll()
        }
    }

    private static func load(port: Int, inFlight: Int, seconds: Int) async throws {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
        try await withGRPCClient(transport: transport) { client in
            _ = try await self.run(client, inFlight, .milliseconds(500))
            let cpu = self.cpuSeconds()
            let start = ContinuousClock.now
            let times = try await self.run(client, inFlight, .seconds(seconds)).sorted()
            let elapsed = start.duration(to: .now) / .seconds(1)
            let used = self.cpuSeconds() - cpu
            let count = Double(times.count)
            print(
                """
                {"calls": \(times.count), "calls_per_second": \(count / elapsed), \
                "p50_us": \(Double(times[times.count / 2]) / 1000), \
                "p99_us": \(Double(times[times.count * 99 / 100]) / 1000), \
                "cpu_us": \(used * 1_000_000 / count)}
                """)
        }
    }

    /// Nanoseconds of every call made until `duration` is over.
    private static func run(
        _ client: GRPCClient<HTTP2ClientTransport.Posix>, _ inFlight: Int, _ duration: Duration
    ) async throws -> [Int64] {
        let end = NIODeadline.now() + .nanoseconds(Int64(duration / .nanoseconds(1)))
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 100)
        return try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<inFlight {
                group.addTask {
                    var times: [Int64] = []
                    var before = NIODeadline.now()
                    while before < end {
                        let reply = try await client.unary(
                            request: ClientRequest(message: payload), descriptor: Echo.method,
                            serializer: RawBytes(), deserializer: RawBytes(), options: .defaults
                        ) { try $0.message }
                        precondition(reply.count == payload.count)
                        let after = NIODeadline.now()
                        times.append((after - before).nanoseconds)
                        before = after
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
