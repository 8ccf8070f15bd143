import CNghttp2
import NIOCore

/// The state of a server connection that libnghttp2's callbacks reach: their `user_data`.
///
/// Owned by an ``HTTP2ServerConnection`` and touched on its loop only. All functions are on the
/// pointer, not on the value: the library calls back into the same state while they run, which an
/// exclusive (`inout`) access to the value would forbid. Callbacks only record; the connection acts
/// on what they recorded after the library has returned.
struct ServerCore: ~Copyable {
    let session: NghttpSession
    let limits: HTTP2Limits
    unowned(unsafe) let connection: HTTP2ServerConnection
    unowned(unsafe) let executor: LoopExecutor
    /// Made when the peer is known; `nil` before that and after the end.
    var handler: (any HTTP2RequestHandler)?
    var peer = HTTP2Peer(transport: .other)
    /// The connection is over: the session must not be used.
    var isOver = false
    /// In the list of connections to flush.
    var isDirty = false

    var firstLive: ServerStreamReference?
    var liveCount = 0
    /// Handlers queued or running.
    var runningCount = 0
    /// Streams that closed while their handlers ran, to be cancelled.
    var firstCancelled: ServerStreamReference?
    /// Refusals under way to streams whose requests are not complete.
    var earlyAnswers = 0

    /// The stream whose header block is being received; `nil` for trailers.
    var headerStream: ServerStreamReference?
    var headerBytes = 0
    var headerFields = 0
    var continuations = 0
    /// Since when the header block of which stream is being received.
    var headerBlockBegan: NIODeadline?
    var headerBlockID: Int32 = 0

    /// Body bytes held for handlers.
    var heldBytes = 0
    /// What of them is counted with those of other connections.
    var bodyShare: BodyShare
    /// Window bytes to give back when the library has returned.
    var toConsume = 0
    /// Window bytes kept back until handlers have let go of bodies.
    var owedBytes = 0
    /// Streams whose complete bodies are held: they will be let go of.
    var holdersCount = 0
    /// Response bytes that wait for the peer.
    var unsentBytes = 0

    var skipped = SkippedStreams()
    var penalties = PenaltyBucket()
    /// Why the connection is being ended, if it is.
    var termination: String?

    /// The time of the last read, or of the last full second.
    var now: NIODeadline
    var lastReceived: NIODeadline
    var lastBusy: NIODeadline
    var hasSettings = false
    var hasSettingsAcknowledgement = false
    var acknowledgedPing: UInt64?
    /// PINGs of ours that are not acknowledged.
    var awaitedPings = 0
    var stalledStreams = 0
}

extension UnsafeMutablePointer where Pointee == ServerCore {
    @inline(__always)
    var session: OpaquePointer { self.pointee.session.pointer }

    // MARK: Stream records

    /// A record for a new stream.
    func makeStream(_ id: Int32) -> ServerStreamReference {
        let state = self.pointee.executor.state
        let stream: ServerStreamReference
        if let spare = state.pointee.spareStreams {
            state.pointee.spareStreams = spare.pointee.next
            state.pointee.spareStreamCount -= 1
            spare.pointee.next = nil
            spare.pointee.core = self
            stream = spare
        } else {
            stream = .allocate(capacity: 1)
            stream.initialize(to: ServerStream(core: self))
        }
        stream.pointee.id = id
        stream.pointee.began = self.pointee.now
        stream.pointee.progressed = self.pointee.now
        stream.pointee.nextLive = self.pointee.firstLive
        self.pointee.firstLive?.pointee.previousLive = stream
        self.pointee.firstLive = stream
        self.pointee.liveCount += 1
        return stream
    }

    /// Gives a record back whose stream is closed and whose handler has ended.
    func recycle(_ stream: ServerStreamReference) {
        self.letGo(of: stream)
        self.pointee.unsentBytes -= stream.pointee.unsentBytes
        if let previous = stream.pointee.previousLive {
            previous.pointee.nextLive = stream.pointee.nextLive
        } else {
            self.pointee.firstLive = stream.pointee.nextLive
        }
        stream.pointee.nextLive?.pointee.previousLive = stream.pointee.previousLive
        self.pointee.liveCount -= 1
        self.pointee.lastBusy = self.pointee.now
        stream.pointee.reset(core: self)
        let state = self.pointee.executor.state
        if state.pointee.spareStreamCount < FixedLimits.spareStreamsMax {
            stream.pointee.next = state.pointee.spareStreams
            state.pointee.spareStreams = stream
            state.pointee.spareStreamCount += 1
        } else {
            stream.pointee.fields.free()
            stream.deinitialize(count: 1)
            stream.deallocate()
        }
    }

    // MARK: The window

    /// Whether so many more body bytes may be held.
    ///
    /// More than the connection may hold only when it will let go of some, so that its window can
    /// stay shut until then; never more than all connections may.
    @inline(__always)
    func mayHold(_ count: Int) -> Bool {
        let held = self.pointee.heldBytes + count
        if held > self.pointee.limits.heldBodyBytesMax, self.pointee.holdersCount == 0 {
            // Nobody will let go of anything, so waiting would wait for ever.
            return false
        }
        return self.pointee.bodyShare.covers(held)
    }

    /// Counts body bytes as held, and gives their window back at once or later.
    @inline(__always)
    func hold(_ count: Int, for stream: ServerStreamReference) {
        stream.pointee.heldBytes += count
        self.pointee.heldBytes += count
        if self.pointee.heldBytes <= self.pointee.limits.heldBodyBytesMax {
            self.pointee.toConsume += count
        } else {
            self.pointee.owedBytes += count
        }
    }

    /// Stops counting a stream's body, and pays what window is owed.
    @inline(__always)
    func letGo(of stream: ServerStreamReference) {
        guard stream.pointee.heldBytes > 0 else { return }
        self.pointee.heldBytes -= stream.pointee.heldBytes
        self.pointee.bodyShare.shrink(to: self.pointee.heldBytes)
        stream.pointee.heldBytes = 0
        if stream.pointee.isComplete || stream.pointee.input != nil {
            self.pointee.holdersCount -= 1
        }
        self.payOwed()
    }

    /// Gives back the window that was kept, now that less is held.
    @inline(__always)
    func payOwed() {
        guard self.pointee.owedBytes > 0 else { return }
        if self.pointee.heldBytes <= self.pointee.limits.heldBodyBytesMax
            || self.pointee.holdersCount == 0
        {
            self.pointee.toConsume += self.pointee.owedBytes
            self.pointee.owedBytes = 0
            self.markDirty()
        }
    }

    // MARK: Ending

    /// Ends the connection with GOAWAY; for use from callbacks too.
    ///
    /// The reason is sent as debug data, in a GOAWAY of its own: the library's last one has none.
    func terminate(_ code: nghttp2_error_code, _ reason: String) {
        guard self.pointee.termination == nil else { return }
        self.pointee.termination = reason
        var text = reason
        text.withUTF8 { bytes in
            _ = nghttp2_submit_goaway(
                self.session, Nghttp2.flagNone,
                nghttp2_session_get_last_proc_stream_id(self.session), code.rawValue,
                bytes.baseAddress, bytes.count)
        }
        nghttp2_session_terminate_session(self.session, code.rawValue)
    }

    /// A GOAWAY has left: with an error, it ends the connection, and may be the library's own.
    func goAwaySent(_ code: UInt32) {
        guard code != NGHTTP2_NO_ERROR.rawValue, self.pointee.termination == nil else { return }
        self.pointee.termination = String(cString: nghttp2_http2_strerror(code))
    }

    /// Takes penalty points, and ends the connection when there are none left.
    @inline(__always)
    func penalise(_ offence: PenaltyBucket.Offence) {
        if !self.pointee.penalties.take(offence) {
            self.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "too many \(offence) frames")
        }
    }

    @inline(__always)
    func markDirty() {
        guard !self.pointee.isDirty else { return }
        self.pointee.isDirty = true
        self.pointee.executor.markDirty(self.pointee.connection)
    }

    /// Cancels the handlers of streams that closed; not to be called from callbacks.
    @inline(__always)
    func cancelClosed() {
        while let stream = self.pointee.firstCancelled {
            self.pointee.firstCancelled = stream.pointee.next
            stream.pointee.next = nil
            self.cancel(stream)
        }
    }

    /// Cancels the task that runs a stream's handler.
    func cancel(_ stream: ServerStreamReference) {
        if let worker = stream.pointee.worker?.takeUnretainedValue() {
            worker.isDiscarded = true
            worker.task?.cancel()
        }
        stream.pointee.output?.resumeWriter()
    }

    // MARK: Handlers

    /// The handler returned: whatever it began is complete.
    @inline(__always)
    func handlerReturned(_ stream: ServerStreamReference) {
        guard !stream.pointee.isClosed else { return }
        if let output = stream.pointee.output {
            output.isFinished = true
            self.resume(stream, output)
        } else if !stream.pointee.hasAnswered {
            self.answer(stream, refusing: .handlerFailed)
        }
    }

    /// The handler threw: a response it began must not look whole.
    func handlerThrew(_ stream: ServerStreamReference) {
        guard !stream.pointee.isClosed else { return }
        if stream.pointee.output != nil {
            self.reset(stream, NGHTTP2_INTERNAL_ERROR)
        } else if !stream.pointee.hasAnswered {
            self.answer(stream, refusing: .handlerFailed)
        }
    }

    /// The handler is over; the last one of a connection that is over frees it.
    @inline(__always)
    func handlerEnded(_ stream: ServerStreamReference) {
        stream.pointee.isRunning = false
        stream.pointee.deadline = .distantFuture
        stream.pointee.input?.detach()
        self.pointee.runningCount -= 1
        if stream.pointee.isClosed {
            self.recycle(stream)
        } else {
            self.letGo(of: stream)
        }
        if self.pointee.isOver, self.pointee.runningCount == 0 {
            self.pointee.connection.lastHandlerEnded()
        }
    }

    /// Resets a stream from our side.
    func reset(_ stream: ServerStreamReference, _ code: nghttp2_error_code) {
        guard !stream.pointee.isClosed, !stream.pointee.isResetByUs else { return }
        stream.pointee.isResetByUs = true
        nghttp2_submit_rst_stream(self.session, 0, stream.pointee.id, code.rawValue)
        self.markDirty()
    }
}

extension LoopExecutor {
    /// Frees the stream records that wait for reuse.
    func freeSpareStreams() {
        while let spare = self.state.pointee.spareStreams {
            self.state.pointee.spareStreams = spare.pointee.next
            spare.pointee.fields.free()
            spare.deinitialize(count: 1)
            spare.deallocate()
        }
        self.state.pointee.spareStreamCount = 0
    }
}
