import Synchronization

/// A door that is shut until it is opened, once.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var nextWaiter = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Makes a door that is shut.
    public init() {}

    /// Opens the door for everybody who waits and everybody who comes.
    public func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Whether it has been opened.
    public var isOpen: Bool { self.state.withLock { $0.isOpen } }

    /// Waits until the door is open, or the task is cancelled: a test that has run out of time ends.
    ///
    /// - Parameter isStubborn: waits on when cancelled, as a handler may that ignores it.
    public func pass(stubbornly isStubborn: Bool = false) async {
        let waiter = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isOpen || (Task.isCancelled && !isStubborn) { return true }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            if isStubborn { return }
            let waiting = self.state.withLock { $0.waiting.removeValue(forKey: waiter) }
            waiting?.resume()
        }
    }
}
