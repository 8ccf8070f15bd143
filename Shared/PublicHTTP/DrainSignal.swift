import Synchronization

/// Says once, to whoever waits, that the listener is about to stop.
final class DrainSignal: Sendable {
    private struct State {
        var isGiven = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Whether it was given.
    var isGiven: Bool { self.state.withLock { $0.isGiven } }

    /// Gives the signal; later calls change nothing.
    func give() {
        let waiters = self.state.withLock { state in
            state.isGiven = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the signal is given or the task is cancelled.
    func wait() async {
        let waiter = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isGiven || Task.isCancelled { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
        }
    }
}
