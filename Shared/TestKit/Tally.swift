import Synchronization

/// A count that can be waited for.
public final class Tally: Sendable {
    private struct State {
        var count = 0
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Begins at 0.
    public init() {}

    /// The count now.
    public var count: Int { self.state.withLock { $0.count } }

    /// Adds one, and lets those go on who waited for it.
    public func add() {
        let reached = self.state.withLock { state in
            state.count += 1
            let count = state.count
            let reached = state.waiting.filter { $0.count <= count }
            state.waiting.removeAll { $0.count <= count }
            return reached.map { $0.continuation }
        }
        for continuation in reached { continuation.resume() }
    }

    /// Waits until the count is `count` or more.
    public func reaches(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = self.state.withLock { state in
                if state.count < count { state.waiting.append((count, continuation)) }
                return state.count >= count
            }
            if isReached { continuation.resume() }
        }
    }
}
