import CommandLineDomain
import Dispatch
import RPC
import Synchronization

/// The items of a stream that a person or another program writes: one JSON value a line.
final class InputElements: Sendable {
    private struct State {
        var line = 0
        var failure: InputError?
    }

    private let method: ShapedMethod
    private let state = Mutex(State())
    private let lines = DispatchQueue(label: "standard input")

    /// Reads items of what the method takes.
    init(of method: ShapedMethod) { self.method = method }

    /// The items, read as they are asked for; they end with the input.
    var encoded: RPCRequestElements {
        RPCRequestElements(RPCMessages { try await self.next() })
    }

    /// Why an item could not be sent.
    var failure: InputError? { self.state.withLock { $0.failure } }

    private func next() async throws -> [UInt8]? {
        while let text = try await self.line() {
            let line = self.state.withLock { state in
                state.line += 1
                return state.line
            }
            if text.allSatisfy(\.isWhitespace) { continue }
            do {
                return try self.method.requestElement(text)
            } catch {
                let failure = InputError(line: line, problem: "\(error)")
                self.state.withLock { $0.failure = failure }
                throw failure
            }
        }
        return nil
    }

    /// The next line; the wait ends when the task is cancelled, the reading with the process.
    private func line() async throws -> String? {
        let pending = PendingLine()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                pending.begin(continuation)
                self.lines.async { pending.finish(.success(readLine())) }
            }
        } onCancel: {
            pending.finish(.failure(CancellationError()))
        }
    }
}

/// An item that is not what the method takes.
struct InputError: Error, CustomStringConvertible {
    let line: Int
    let problem: String

    var description: String { "line \(self.line): \(self.problem)" }
}

/// A line that is waited for; whoever finishes first decides.
private final class PendingLine: Sendable {
    private typealias Continuation = CheckedContinuation<String?, any Error>

    private enum State {
        case new
        case waiting(Continuation)
        case finished(Result<String?, any Error>)
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<String?, any Error>) {
        let result = self.state.withLock { state -> Result<String?, any Error>? in
            if case .finished(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    func finish(_ result: Result<String?, any Error>) {
        let waiting = self.state.withLock { state -> Continuation? in
            if case .finished = state { return nil }
            defer { state = .finished(result) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(with: result)
    }
}
