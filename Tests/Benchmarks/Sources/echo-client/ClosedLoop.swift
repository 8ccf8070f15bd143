import BenchmarkAPI
import HTTP2
import NIOCore
import RPC

/// A fixed number of calls in flight on one connection.
struct ClosedLoop {
    let client: RPCClient<BenchmarkService>
    let inFlight: Int
    let executor: LoopExecutor

    func report(seconds: Int) async throws {
        _ = try await self.client.send(Echo(payload: Payload.text))
        _ = try await self.run(for: .milliseconds(500))
        let report = Report()
        report.print(times: try await self.run(for: .seconds(Int64(seconds))))
    }

    /// Nanoseconds of every call made until `time` is over.
    private func run(for time: TimeAmount) async throws -> [Int64] {
        let end = NIODeadline.now() + time
        return try await withTaskExecutorPreference(self.executor) {
            try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<self.inFlight {
                    group.addTask { try await self.callUntil(end) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }

    private func callUntil(_ end: NIODeadline) async throws -> [Int64] {
        var times: [Int64] = []
        var before = NIODeadline.now()
        while before < end {
            _ = try await self.client.send(Echo(payload: Payload.text))
            let after = NIODeadline.now()
            times.append((after - before).nanoseconds)
            before = after
        }
        return times
    }
}

/// What is sent.
enum Payload {
    static let text = String(repeating: "x", count: 100)
}
