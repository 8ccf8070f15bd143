import BenchmarkAPI
import DequeModule
import HTTP2
import NIOCore
import RPC
import Synchronization

/// Calls at fixed times, spread over connections, whatever becomes of the calls before.
///
/// A call's time counts from when it was due, so that a stall is felt by every call it delays
/// (no coordinated omission). Calls that fall due within one ``tick`` are made together.
struct OpenLoop {
    static let tick = TimeAmount.microseconds(100)
    /// Calls that can be under way at once; those due beyond wait, and their time runs.
    static let callersMax = 256
    /// How long they have to get ready before the first call is due.
    static let headStart = TimeAmount.milliseconds(100)
    /// Calls that are due within a fiftieth of a second are told of as one window.
    static let windowsPerSecond = 50

    let clients: [RPCClient<BenchmarkService>]
    let callsPerSecond: Int
    let loop: any EventLoop

    func report(seconds: Int) async throws {
        for client in self.clients { _ = try await client.send(Echo(payload: Payload.text)) }
        _ = try await self.run(calls: self.callsPerSecond / 2)
        let report = Report(startingIn: Self.headStart)
        report.print(
            timed: try await self.run(calls: self.callsPerSecond * seconds),
            windowCalls: max(1, self.callsPerSecond / Self.windowsPerSecond))
    }

    /// Nanoseconds from when each call was due to its answer, with the call's number.
    private func run(calls: Int) async throws -> [TimedCall] {
        let schedule = Schedule(
            start: NIODeadline.now() + Self.headStart, callsPerSecond: self.callsPerSecond)
        return try await withTaskExecutorPreference(LoopExecutor.on(self.loop)) {
            try await withThrowingTaskGroup(of: [TimedCall].self) { group in
                for _ in 0..<min(calls, Self.callersMax) {
                    group.addTask { try await self.call(schedule) }
                }
                var made = 0
                while made < calls {
                    let now = NIODeadline.now()
                    let due = max(made, min(calls, schedule.dueCount(at: now)))
                    schedule.release(made..<due)
                    made = due
                    await self.sleep(until: max(schedule.due(made), now + Self.tick))
                }
                schedule.end()
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }

    /// Makes one due call after another until there are no more.
    private func call(_ schedule: Schedule) async throws -> [TimedCall] {
        var times: [TimedCall] = []
        while let index = await schedule.next() {
            let client = self.clients[index % self.clients.count]
            _ = try await client.send(Echo(payload: Payload.text))
            times.append(
                TimedCall(
                    number: index,
                    nanoseconds: (NIODeadline.now() - schedule.due(index)).nanoseconds))
        }
        return times
    }

    private func sleep(until deadline: NIODeadline) async {
        await withUnsafeContinuation { continuation in
            _ = self.loop.scheduleTask(deadline: deadline) { continuation.resume() }
        }
    }
}

/// When calls are due, and who waits to make the next.
final class Schedule: Sendable {
    private struct State {
        var due = Deque<Int>()
        var idle: [UnsafeContinuation<Int?, Never>] = []
        var hasEnded = false
    }

    private let start: NIODeadline
    private let callsPerSecond: Int
    private let state = Mutex(State())

    init(start: NIODeadline, callsPerSecond: Int) {
        self.start = start
        self.callsPerSecond = callsPerSecond
    }

    func due(_ index: Int) -> NIODeadline {
        self.start + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(self.callsPerSecond))
    }

    /// How many calls are due by now.
    func dueCount(at now: NIODeadline) -> Int {
        Int((now - self.start).nanoseconds) * self.callsPerSecond / 1_000_000_000 + 1
    }

    /// Hands calls to whoever is idle, and leaves the rest to whoever comes next.
    func release(_ indices: Range<Int>) {
        self.state.withLock { state in
            for index in indices {
                if let caller = state.idle.popLast() {
                    caller.resume(returning: index)
                } else {
                    state.due.append(index)
                }
            }
        }
    }

    /// Sends everybody home who has nothing left to do.
    func end() {
        let idle = self.state.withLock { state in
            state.hasEnded = true
            defer { state.idle = [] }
            return state.idle
        }
        for caller in idle { caller.resume(returning: nil) }
    }

    /// The next call, once it is due; `nil` when there are no more.
    func next() async -> Int? {
        await withUnsafeContinuation { continuation in
            self.state.withLock { state in
                if let index = state.due.popFirst() {
                    continuation.resume(returning: index)
                } else if state.hasEnded {
                    continuation.resume(returning: nil)
                } else {
                    state.idle.append(continuation)
                }
            }
        }
    }
}
