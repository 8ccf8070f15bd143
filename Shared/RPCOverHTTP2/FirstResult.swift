import NIOCore
import Synchronization

/// A call that waits for one of several attempts to succeed; whoever finishes it first decides.
final class FirstResult<Value: Sendable>: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Value, any Error>)
        case finished(Result<Value, any Error>)
    }

    private let state: Mutex<(state: State, attempts: Int)>

    /// Waits for `attempts` of which one has to succeed.
    init(of attempts: Int = 1) {
        self.state = Mutex((.new, attempts))
    }

    /// An attempt succeeded.
    func succeed(_ value: Value) { self.finish(.success(value)) }

    /// An attempt failed; the last one that does decides.
    func fail(_ error: any Error) {
        let isLast = self.state.withLock { state in
            state.attempts -= 1
            return state.attempts <= 0
        }
        if isLast { self.finish(.failure(error)) }
    }

    /// Begins the attempts and waits.
    ///
    /// - Throws: the error of the last attempt, `late` when `deadline` came first, and
    ///   `CancellationError`.
    func value(
        until deadline: NIODeadline?, late: any Error, on loop: any EventLoop,
        begin: (FirstResult) -> Void
    ) async throws -> Value {
        let timer = deadline.map { deadline in
            loop.scheduleTask(deadline: deadline) { self.finish(.failure(late)) }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.start(continuation)
                begin(self)
            }
        } onCancel: {
            self.finish(.failure(CancellationError()))
        }
    }

    private func start(_ continuation: CheckedContinuation<Value, any Error>) {
        let result = self.state.withLock { state -> Result<Value, any Error>? in
            if case .finished(let result) = state.state { return result }
            state.state = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    private func finish(_ result: Result<Value, any Error>) {
        let continuation = self.state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state.state {
            case .new:
                state.state = .finished(result)
                return nil
            case .waiting(let continuation):
                state.state = .finished(result)
                return continuation
            case .finished: return nil
            }
        }
        continuation?.resume(with: result)
    }
}
