import Identifiers
import Synchronization

/// Tells watchers that a deletion has changed; what it is now they read themselves.
final class ProgressBoard: Sendable {
    private struct State {
        var watchers: [OperationID: [Int: AsyncStream<Void>.Continuation]] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// A deletion has changed, durably.
    func changed(_ operation: OperationID) {
        let watchers = self.state.withLock { Array(($0.watchers[operation] ?? [:]).values) }
        for watcher in watchers { watcher.yield() }
    }

    /// One element at once and one after each change; changes meanwhile are one.
    func changes(of operation: OperationID) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let watcher = self.state.withLock { state in
                state.nextWatcher += 1
                state.watchers[operation, default: [:]][state.nextWatcher] = continuation
                return state.nextWatcher
            }
            continuation.onTermination = { _ in
                self.state.withLock { state in
                    state.watchers[operation]?[watcher] = nil
                    if state.watchers[operation]?.isEmpty == true {
                        state.watchers[operation] = nil
                    }
                }
            }
            continuation.yield()
        }
    }

    /// How many watch.
    var watcherCount: Int {
        self.state.withLock { state in state.watchers.values.reduce(0) { $0 + $1.count } }
    }
}
