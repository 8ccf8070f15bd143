import BenchmarkAPI
import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Calls `Echo` for some seconds with a fixed number of calls in flight, on one connection.
///
/// Usage: `rpc-echo-client ADDRESS IN-FLIGHT SECONDS`; prints one JSON object.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let inFlight = Int(arguments[2]),
            let seconds = Int(arguments[3])
        else {
            print("usage: rpc-echo-client ADDRESS IN-FLIGHT SECONDS")
            return
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let peer = RPCPeer([try HTTP2Address(arguments[1])], group: group)
        let client = RPCClient(BenchmarkService.self, carry: peer.carry)
        let payload = String(repeating: "x", count: 100)
        _ = try await client.send(Echo(payload: payload))
        let executor = LoopExecutor.on(group.next())
        _ = try await self.run(client, payload, inFlight, .milliseconds(500), executor)
        let cpu = Self.cpuSeconds()
        let start = ContinuousClock.now
        let times = try await self.run(
            client, payload, inFlight, .seconds(seconds), executor)
        let elapsed = start.duration(to: .now) / .seconds(1)
        let used = Self.cpuSeconds() - cpu
        let sorted = times.sorted()
        let count = Double(sorted.count)
        print(
            """
            {"calls": \(sorted.count), "calls_per_second": \(count / elapsed), \
            "p50_us": \(Double(sorted[sorted.count / 2]) / 1000), \
            "p99_us": \(Double(sorted[sorted.count * 99 / 100]) / 1000), \
            "cpu_us": \(used * 1_000_000 / count)}
            """)
        await peer.shutDown()
    }

    /// Nanoseconds of every call made until `duration` is over.
    private static func run(
        _ client: RPCClient<BenchmarkService>, _ payload: String, _ inFlight: Int,
        _ duration: Duration, _ executor: LoopExecutor
    ) async throws -> [Int64] {
        let end = NIODeadline.now() + .nanoseconds(Int64(duration / .nanoseconds(1)))
        return try await withTaskExecutorPreference(executor) {
            try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<inFlight {
                    group.addTask {
                        var times: [Int64] = []
                        var before = NIODeadline.now()
                        while before < end {
                            _ = try await client.send(Echo(payload: payload))
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
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
