import Synchronization

/// Keeps answers for as long as the process lives: for tools and tests.
///
/// A service keeps them in its database instead (`StoredAnswers` in Storage), where they survive it.
public final class MemoryAnswerStore: AnswerStore {
    private struct Entry {
        let content: [UInt8]
        let expires: ContinuousClock.Instant
        var outcome: KeyedOutcome?

        var byteCount: Int {
            guard case .answered(let answer) = self.outcome else { return self.content.count }
            return self.content.count + answer.byteCount
        }
    }

    private struct State {
        var entries: [KeyedCallID: Entry] = [:]
        var bytes = 0

        mutating func remove(_ call: KeyedCallID) {
            guard let entry = self.entries.removeValue(forKey: call) else { return }
            self.bytes -= entry.byteCount
        }
    }

    private let limits: AnswerLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Makes an empty store.
    ///
    /// - Parameter now: the time, for tests.
    public init(
        limits: AnswerLimits = AnswerLimits(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.now = now
    }

    public func begin(_ call: KeyedCallID, content: [UInt8]) async throws -> KeyedBeginning {
        let now = self.now()
        return self.state.withLock { state in
            if let known = state.entries[call], known.expires > now {
                guard known.content == content else { return .otherContent }
                guard case .answered(let answer) = known.outcome else { return .unknown }
                return .answered(answer)
            }
            state.remove(call)
            guard state.entries.count < self.limits.answersMax,
                state.bytes < self.limits.answersBytesMax
            else { return .full }
            let entry = Entry(
                content: content, expires: now + .seconds(self.limits.keptSeconds))
            state.entries[call] = entry
            state.bytes += entry.byteCount
            return .began
        }
    }

    public func finish(_ call: KeyedCallID, _ outcome: KeyedOutcome) async throws {
        self.state.withLock { state in
            guard var entry = state.entries[call] else { return }
            if case .answered = entry.outcome { return }
            if outcome == .notCarriedOut { return state.remove(call) }
            state.bytes -= entry.byteCount
            entry.outcome = outcome
            state.bytes += entry.byteCount
            state.entries[call] = entry
        }
    }

    public func forgetExpired() async throws -> Int {
        let now = self.now()
        var forgotten = 0
        while true {
            let count = self.state.withLock { state in
                let batch = Array(
                    state.entries.lazy.filter { $0.value.expires <= now }
                        .prefix(self.limits.forgottenPerBatchMax).map(\.key))
                for call in batch { state.remove(call) }
                return batch.count
            }
            forgotten += count
            if count < self.limits.forgottenPerBatchMax { return forgotten }
        }
    }
}
