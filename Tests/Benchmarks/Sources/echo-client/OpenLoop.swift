import BenchmarkAPI
import HTTP2
import NIOCore
import RPC
import Synchronization

/// Calls at fixed times, spread over connections, whatever becomes of the calls before.
///
/// A call's time counts from when it was due, so that a stall is felt by every call it delays
/// (no coordinated omission).
struct OpenLoop {
    let clients: [RPCClient<BenchmarkService>]
    let callsPerSecond: Int
    let loop: any EventLoop

    func report(seconds: Int) async throws {
        for client in self.clients { _ = try await client.send(Echo(payload: Payload.text)) }
        _ = try await self.run(calls: self.callsPerSecond / 2)
        let report = Report()
        report.print(times: try await self.run(calls: self.callsPerSecond * seconds))
    }

    /// Nanoseconds from when each call was due to its answer.
    private func run(calls: Int) async throws -> [Int64] {
        let times = Times(capacity: calls)
        try await withTaskExecutorPreference(LoopExecutor.on(self.loop)) {
            try await withThrowingDiscardingTaskGroup { group in
                let start = NIODeadline.now()
                var index = 0
                while index < calls {
                    let now = NIODeadline.now()
                    while index < calls, self.due(index, after: start) <= now {
                        let due = self.due(index, after: start)
                        let client = self.clients[index % self.clients.count]
                        group.addTask {
                            _ = try await client.send(Echo(payload: Payload.text))
                            times.append((NIODeadline.now() - due).nanoseconds)
                        }
                        index += 1
                    }
                    let next = self.due(index, after: start)
                    try await self.loop.scheduleTask(deadline: next) {}.futureResult.get()
                }
            }
        }
        return times.all
    }

    private func due(_ index: Int, after start: NIODeadline) -> NIODeadline {
        start + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(self.callsPerSecond))
    }
}

/// Times as they come in.
final class Times: Sendable {
    private let times: Mutex<[Int64]>

    init(capacity: Int) {
        var times: [Int64] = []
        times.reserveCapacity(capacity)
        self.times = Mutex(times)
    }

    var all: [Int64] { self.times.withLock { $0 } }

    func append(_ time: Int64) { self.times.withLock { $0.append(time) } }
}
