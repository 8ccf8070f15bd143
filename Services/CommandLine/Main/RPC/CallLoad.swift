import CommandLineDomain
import RPC
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The same call, made many times, so many at once.
struct CallLoad: Sendable {
    let path: MethodPath
    let body: [UInt8]
    let calls: Int
    let inFlight: Int
    let timeout: Duration

    /// What a load showed.
    struct Result: Sendable {
        var figures: CallFigures
        var elapsed: Duration
        /// Processor time of this process meanwhile.
        var processorTime: Duration
        fileprivate var connections: Int
        fileprivate var inFlight: Int
    }

    /// Calls still to be made; lanes take them one by one.
    private final class Remaining: Sendable {
        private let count: Atomic<Int>

        init(_ count: Int) { self.count = Atomic(count) }

        func take() -> Bool {
            self.count.wrappingSubtract(1, ordering: .relaxed).newValue >= 0
        }
    }

    /// Makes the calls; lane after lane takes the next carrier.
    func run(on carriers: [Carry]) async -> Result {
        let remaining = Remaining(self.calls)
        let processorTime = Self.processorTime()
        let start = MonotonicInstant.now
        let figures = await withTaskGroup(of: CallFigures.self) { group in
            for lane in 0..<self.inFlight {
                let carry = carriers[lane % carriers.count]
                group.addTask { await self.lane(carry, remaining) }
            }
            return await group.reduce(into: CallFigures()) { $0.add($1) }
        }
        return Result(
            figures: figures, elapsed: start.duration(to: .now),
            processorTime: Self.processorTime() - processorTime, connections: carriers.count,
            inFlight: self.inFlight)
    }

    private func lane(_ carry: Carry, _ remaining: Remaining) async -> CallFigures {
        var figures = CallFigures()
        while remaining.take() {
            let start = MonotonicInstant.now
            do {
                _ = try await carry(
                    RPCCall(
                        path: self.path, body: self.body,
                        context: CallContext(deadline: start + self.timeout)))
                figures.answered(after: start.duration(to: .now))
            } catch {
                let failure = (error as? CarryFailure)?.error ?? RPCError(crossing: error)
                figures.failed(failure.code)
            }
        }
        return figures
    }

    /// User and system time of this process so far (getrusage(2)).
    private static func processorTime() -> Duration {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return .zero }
        return [usage.ru_utime, usage.ru_stime].reduce(.zero) { sum, time in
            sum + .seconds(time.tv_sec) + .microseconds(Int64(time.tv_usec))
        }
    }
}

extension CallLoad.Result {
    /// The result for a person.
    var lines: [String] {
        let failures = self.figures.failures
        let made = self.figures.answeredCount + failures.map(\.count).reduce(0, +)
        let seconds = self.elapsed / .seconds(1)
        var rows = [
            ["calls", "\(made) in \(Self.rounded(seconds, digits: 3)) s"],
            ["in flight", "\(self.inFlight) on \(self.connections) connections"],
            ["calls/s", Self.rounded(Double(made) / seconds, digits: 0)],
        ]
        let percents = [50.0, 90, 99]
        let times = self.figures.microseconds(atPercents: percents)
        for (percent, time) in zip(percents, times) {
            rows.append(["p\(Int(percent))", "\(Self.rounded(time, digits: 1)) µs"])
        }
        let processorTime = self.processorTime / .microseconds(1) / Double(max(made, 1))
        rows.append(["client CPU", "\(Self.rounded(processorTime, digits: 1)) µs a call"])
        rows += failures.map { ["errors", "\($0.count) \($0.code.rawValue)"] }
        return TextTable(rows).lines
    }

    private static func rounded(_ number: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let rounded = (number * scale).rounded() / scale
        return digits == 0 ? String(Int(rounded)) : String(rounded)
    }
}
