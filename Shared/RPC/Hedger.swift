import Synchronization

/// Makes a second attempt beside one that is slow to be answered.
///
/// One a client: all its methods share the allowance, each has latencies of its own.
final class Hedger: Sendable {
    private enum Event: Sendable {
        case ended(Result<RPCAnswer, any Error>)
        case slow
    }

    private let policy: HedgePolicy
    private let window: Mutex<HedgeWindow>

    init(_ policy: HedgePolicy) {
        self.policy = policy
        self.window = Mutex(HedgeWindow(percentMax: policy.percentMax))
    }

    /// A carrier that hedges the calls of one method.
    func wrap(_ carry: @escaping Carry) -> Carry {
        let latencies = MethodLatencies()
        return { call in
            let start = self.policy.clock.now()
            self.window.withLock { $0.began(at: start) }
            var call = call
            if call.trail == nil { call.trail = EndpointTrail() }
            let answer = try await self.race(call, after: self.delay(latencies), on: carry)
            latencies.add(self.policy.clock.now() - start)
            return answer
        }
    }

    private func delay(_ latencies: MethodLatencies) -> Duration {
        switch self.policy.delay {
        case .fixed(let delay): delay
        case .percentile95(let initial): latencies.percentile95 ?? initial
        }
    }

    /// The first answer of the call, and of the second one made after `delay` if there is leave.
    ///
    /// Returning cancels the other attempt, which the carrier tells its peer.
    private func race(
        _ call: RPCCall, after delay: Duration, on carry: @escaping Carry
    ) async throws -> RPCAnswer {
        try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            group.addTask { await Self.attempt(call, on: carry) }
            group.addTask { [clock = self.policy.clock] in
                try await clock.sleep(delay)
                return .slow
            }
            var running = 1
            while let event = try await group.next() {
                switch event {
                case .slow:
                    let now = self.policy.clock.now()
                    guard self.window.withLock({ $0.takeHedge(at: now) }) else { continue }
                    running += 1
                    var hedge = call
                    hedge.isHedge = true
                    hedge.context.attempt += 1
                    hedge.context.trace = call.context.trace?.child()
                    group.addTask { [hedge] in await Self.attempt(hedge, on: carry) }
                case .ended(.success(let answer)): return answer
                case .ended(.failure(let error)):
                    running -= 1
                    if running == 0 || Self.isFinal(error) { throw error }
                }
            }
            throw CancellationError()
        }
    }

    private static func attempt(_ call: RPCCall, on carry: Carry) async -> Event {
        do {
            return .ended(.success(try await carry(call)))
        } catch {
            return .ended(.failure(error))
        }
    }

    /// Whether another attempt would only be told the same.
    private static func isFinal(_ error: any Error) -> Bool {
        RPCError(carrying: error).code != .unavailable
    }
}

/// How long the recent calls of a method took.
private final class MethodLatencies: Sendable {
    private let latencies = Mutex(RecentLatencies())

    var percentile95: Duration? { self.latencies.withLock { $0.percentile95 } }

    func add(_ sample: Duration) { self.latencies.withLock { $0.add(sample) } }
}
