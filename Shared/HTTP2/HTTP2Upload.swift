import CNghttp2
import DequeModule
import Synchronization

/// A request's body that is produced while it is sent.
///
/// For one request. Whoever produces it writes at the pace at which the peer takes it: beyond
/// ``HTTP2ClientLimits/uploadBytesMax`` a write waits. The call may end before its body does; writes
/// are told so.
public final class HTTP2Upload: Sendable {
    private typealias Writer = UnsafeContinuation<Void, Never>

    private struct State {
        var chunks = Deque<[UInt8]>()
        /// Bytes of the first chunk that are sent.
        var offset = 0
        var waitingBytes = 0
        var waitingBytesMax = 0
        /// Nothing more will be written.
        var isFinished = false
        /// Nobody takes anything any more.
        var isOver = false
        /// libnghttp2 asked for data when there was none.
        var isDeferred = false
        var writer: Writer?
        var connection: Connection?
        /// What the call is to fail with, should it begin after all.
        var failure: (any Error)?

        mutating func takeWriter() -> Writer? {
            defer { self.writer = nil }
            return self.writer
        }
    }

    /// How the upload reaches its call, from any thread.
    struct Connection: Sendable {
        /// Lets the library ask again for data.
        let resume: @Sendable () -> Void
        /// Gives the call up with an error.
        let abort: @Sendable (any Error) -> Void
    }

    private let state = Mutex(State())

    /// Makes a body that begins with these bytes.
    public init(_ first: [UInt8] = []) {
        guard !first.isEmpty else { return }
        self.state.withLock { state in
            state.chunks.append(first)
            state.waitingBytes = first.count
        }
    }

    /// Adds a piece, and waits while too much of what was written has not been taken.
    ///
    /// One task at a time may write. Returns whether the peer still takes anything; cancelling the
    /// task ends the wait.
    public func write(_ piece: [UInt8]) async -> Bool {
        let (resume, mustWait, isOver) = self.state.withLock { state in
            guard !state.isOver, !state.isFinished else {
                return ((@Sendable () -> Void)?.none, false, true)
            }
            if !piece.isEmpty {
                state.chunks.append(piece)
                state.waitingBytes += piece.count
            }
            return (Self.resumption(&state), state.waitingBytes > state.waitingBytesMax, false)
        }
        resume?()
        if isOver { return false }
        if mustWait { await self.waitForRoom() }
        return self.state.withLock { !$0.isOver }
    }

    private func waitForRoom() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: Writer) in
                let mustWait = self.state.withLock { state in
                    let mustWait =
                        !state.isOver && state.waitingBytes > state.waitingBytesMax
                        && !Task.isCancelled
                    if mustWait { state.writer = continuation }
                    return mustWait
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.takeWriter() }?.resume()
        }
    }

    /// Ends the body: what was written is sent, and END_STREAM after it.
    public func finish() {
        let resume = self.state.withLock { state in
            state.isFinished = true
            return Self.resumption(&state)
        }
        resume?()
    }

    /// Gives the call up with `error`, and resets its stream.
    public func abort(_ error: any Error) {
        let connection = self.state.withLock { state in
            state.failure = error
            return state.connection
        }
        connection?.abort(error)
    }

    private static func resumption(_ state: inout State) -> (@Sendable () -> Void)? {
        guard state.isDeferred, state.isFinished || state.waitingBytes > 0 else { return nil }
        state.isDeferred = false
        return state.connection?.resume
    }

    // MARK: The loop's side

    func attach(_ connection: Connection, waitingBytesMax: Int) {
        let failure = self.state.withLock { state in
            state.connection = connection
            state.waitingBytesMax = waitingBytesMax
            return state.failure
        }
        if let failure { connection.abort(failure) }
    }

    /// The call is over, or its answer complete: whatever has not been sent is dropped.
    ///
    /// Returns whether the library waits for data, and so has to be told to ask again.
    @discardableResult
    func end() -> Bool {
        let (writer, wasDeferred) = self.state.withLock { state in
            state.isOver = true
            state.isFinished = true
            state.chunks.removeAll()
            state.waitingBytes = 0
            state.connection = nil
            defer { state.isDeferred = false }
            return (state.takeWriter(), state.isDeferred)
        }
        writer?.resume()
        return wasDeferred
    }

    /// Says how much the next DATA frame takes; `nil` when there is nothing yet.
    func next(room: Int) -> (count: Int, isLast: Bool)? {
        self.state.withLock { state in
            if state.waitingBytes == 0, !state.isFinished {
                state.isDeferred = true
                return nil
            }
            let count = min(state.waitingBytes, room)
            return (count, state.isFinished && count == state.waitingBytes)
        }
    }

    /// Copies the next bytes out, and lets the writer go on when half of the room is free.
    func take(_ count: Int, into destination: UnsafeMutablePointer<UInt8>) {
        let writer = self.state.withLock { state in
            var copied = 0
            while copied < count, let chunk = state.chunks.first {
                let piece = min(chunk.count - state.offset, count - copied)
                chunk.copy(from: state.offset, count: piece, to: destination + copied)
                copied += piece
                state.offset += piece
                if state.offset == chunk.count {
                    state.chunks.removeFirst()
                    state.offset = 0
                }
            }
            state.waitingBytes -= copied
            return state.waitingBytes <= state.waitingBytesMax / 2 ? state.takeWriter() : nil
        }
        writer?.resume()
    }
}

extension ClientEngine {
    /// The answer is complete: the peer wants no more of the request, which is ended here.
    ///
    /// Ended, not reset: a peer may count resets against us.
    func answerComplete(_ call: ClientCall) {
        guard let upload = call.upload, upload.end(), let session = self.session else { return }
        nghttp2_session_resume_data(session, call.id)
        self.markDirty()
    }

    /// There is something to send again.
    func resume(_ call: ClientCall) {
        guard call.id > 0, let session = self.session else { return }
        nghttp2_session_resume_data(session, call.id)
        self.markDirty()
    }
}
