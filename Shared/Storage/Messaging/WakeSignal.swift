import Synchronization

/// Wakes one waiter; a wake nobody waits for is kept for the next.
///
/// For work that is rescanned from time to time and looked at once something has changed.
public final class WakeSignal: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Makes a signal that nobody has given yet.
    public init() {}

    /// Wakes the waiter, now or when it comes.
    public func wake() {
        let waiter = self.state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter as CheckedContinuation<Void, Never>?
            }
            state.isRung = true
            return nil
        }
        waiter?.resume()
    }

    /// Waits until woken, until `duration` has passed, or until the task is cancelled.
    public func wait(for duration: Duration, clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForWake() }
            group.addTask { try? await clock.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForWake() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
