import DequeModule
import NIOCore
import Synchronization

/// One call of a client connection.
///
/// Made by the caller, handed to the connection's loop, and touched there only from then on; the
/// pieces of a streamed response excepted, which are in a ``PieceQueue`` of their own.
final class ClientCall: @unchecked Sendable {
    enum Kind {
        /// The caller waits for the whole response.
        case collected(UnsafeContinuation<HTTP2ClientResponse, any Error>)
        /// The caller waits for the head, and then pulls pieces.
        case streamed(UnsafeContinuation<ResponseHead, any Error>)
        /// Nobody waits any more, or not yet.
        case none
    }

    /// The head of a streamed response.
    struct ResponseHead {
        let status: Int
        let fields: HTTP2Fields
    }

    let request: HTTP2ClientRequest
    @exclusivity(unchecked) var kind = Kind.none
    @exclusivity(unchecked) var id: Int32 = 0
    @exclusivity(unchecked) var sentBytes = 0
    @exclusivity(unchecked) var status = 0
    @exclusivity(unchecked) var headerBytes = 0
    @exclusivity(unchecked) var fields = HTTP2Fields()
    @exclusivity(unchecked) var body: [UInt8] = []
    @exclusivity(unchecked) var pieces: PieceQueue?
    /// What the caller is to be told instead of what the stream's end says.
    @exclusivity(unchecked) var verdict: (any Error)?
    @exclusivity(unchecked) var isCancelled = false
    @exclusivity(unchecked) var previous: Unmanaged<ClientCall>?
    @exclusivity(unchecked) var next: Unmanaged<ClientCall>?

    init(_ request: HTTP2ClientRequest) {
        self.request = request
    }

    /// Gives the caller an error, once.
    func fail(_ error: any Error) {
        switch self.kind {
        case .collected(let continuation): continuation.resume(throwing: error)
        case .streamed(let continuation): continuation.resume(throwing: error)
        case .none: break
        }
        self.kind = .none
        self.pieces?.finish(error)
    }
}

/// The pieces of a streamed response between the loop and whoever pulls them.
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
