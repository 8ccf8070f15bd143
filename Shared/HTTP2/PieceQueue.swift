import DequeModule
import Synchronization

/// The pieces of a streamed body between the loop and whoever pulls them.
final class PieceQueue: Sendable {
    private typealias Puller = UnsafeContinuation<[UInt8]?, any Error>

    private struct State {
        var pieces = Deque<[UInt8]>()
        var isFinished = false
        var error: (any Error)?
        var puller: Puller?
    }

    private let state = Mutex(State())

    /// Adds a piece, or hands it to whoever waits; whether it was handed over.
    func push(_ piece: [UInt8]) -> Bool {
        let puller = self.state.withLock { state in
            if state.puller == nil { state.pieces.append(piece) }
            defer { state.puller = nil }
            return state.puller
        }
        puller?.resume(returning: piece)
        return puller != nil
    }

    /// Ends the pieces, with an error or well; only the first end counts.
    func finish(_ error: (any Error)?) {
        let puller = self.state.withLock { state in
            guard !state.isFinished else { return Puller?.none }
            state.isFinished = true
            state.error = error
            defer { state.puller = nil }
            return state.puller
        }
        if let error {
            puller?.resume(throwing: error)
        } else {
            puller?.resume(returning: nil)
        }
    }

    /// Ends the pieces with an error, those that wait included.
    func drop(_ error: any Error) {
        self.state.withLock { $0.pieces.removeAll() }
        self.finish(error)
    }

    /// The next piece and whether it had been waiting, so that its window is still to be given back.
    func pull() async throws -> (piece: [UInt8], wasWaiting: Bool)? {
        let waiting = try self.state.withLock { state in try Self.takeWaiting(&state) }
        switch waiting {
        case .piece(let piece): return (piece, true)
        case .end: return nil
        case .nothing: break
        }
        let piece = try await withUnsafeThrowingContinuation { (continuation: Puller) in
            self.state.withLock { state in
                do {
                    switch try Self.takeWaiting(&state) {
                    case .piece(let piece):
                        // Came in between: an empty piece sends the puller round again.
                        state.pieces.prepend(piece)
                        continuation.resume(returning: [])
                    case .end: continuation.resume(returning: nil)
                    case .nothing: state.puller = continuation
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        guard let piece else { return nil }
        return (piece, false)
    }

    private enum Waiting {
        case piece([UInt8])
        case end
        case nothing
    }

    private static func takeWaiting(_ state: inout State) throws -> Waiting {
        if let piece = state.pieces.popFirst() { return .piece(piece) }
        guard state.isFinished else { return .nothing }
        if let error = state.error { throw error }
        return .end
    }
}
