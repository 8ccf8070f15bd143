import Synchronization

/// Wakes one waiter; a ring while nobody waits is kept for the next.
final class Bell: Sendable {
    private enum State {
        case silent
        case rung
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.silent)

    /// Wakes the waiter, or the next one.
    func ring() {
        let waiter = self.state.withLock { state in
            if case .awaited(let waiter) = state {
                state = .silent
                return CheckedContinuation<Void, Never>?.some(waiter)
            }
            state = .rung
            return nil
        }
        waiter?.resume()
    }

    /// Waits for a ring since the last wait; returns at once in a cancelled task.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    guard !Task.isCancelled, case .silent = state else {
                        state = .silent
                        return true
                    }
                    state = .awaited(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            self.ring()
        }
    }

    /// Waits for a ring, or for some time if that is shorter.
    func wait(milliseconds: Int64, _ time: Timekeeper) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await time.sleep(milliseconds)
                if !Task.isCancelled { self.ring() }
            }
            await self.wait()
            group.cancelAll()
        }
    }
}

/// A clock that never goes back, in milliseconds, and waiting by it.
struct Timekeeper: Sendable {
    /// The time since some moment.
    let now: @Sendable () -> Int64
    /// Waits; returns early in a cancelled task.
    let sleep: @Sendable (_ milliseconds: Int64) async -> Void

    init(_ clock: some Clock<Duration> & Sendable = ContinuousClock()) {
        let start = clock.now
        self.now = {
            let passed = start.duration(to: clock.now).components
            return passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
        }
        self.sleep = { try? await clock.sleep(for: .milliseconds($0)) }
    }
}
