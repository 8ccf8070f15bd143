public import NIOCore

/// Answers one request.
///
/// Like the request it is borrowed for the time of `respond` and cannot be kept. All of it happens
/// on the connection's loop; whole responses are not suspended for.
public struct HTTP2Responder: ~Copyable {
    private let stream: ServerStreamReference

    init(_ stream: ServerStreamReference) {
        self.stream = stream
    }

    /// Answers with a head made in advance: the cheapest way.
    ///
    /// A second answer to the same request is ignored, as is one to a stream that is gone.
    public func send(_ head: HTTP2HeaderBlock, body: [UInt8]) {
        self.stream.pointee.core.submit(self.stream, head, body)
    }

    /// Answers with a head made in advance and further fields.
    ///
    /// - Throws: ``HTTP2ResponseError/malformedField(_:)``; nothing is sent then.
    public func send(
        _ head: HTTP2HeaderBlock, fields: HTTP2Fields, body: [UInt8]
    ) throws(HTTP2ResponseError) {
        try self.stream.pointee.core.submit(
            self.stream, head, fields: fields, body: body)
    }

    /// Answers with a whole response.
    ///
    /// - Throws: ``HTTP2ResponseError/malformedField(_:)``; nothing is sent then.
    public func send(_ response: HTTP2Response) throws(HTTP2ResponseError) {
        try self.stream.pointee.core.submit(
            self.stream, status: response.status, fields: response.fields,
            body: response.body)
    }

    /// Begins a response whose body is written in pieces; it ends when `respond` returns.
    ///
    /// - Parameter heartbeat: what is sent by itself while `respond` writes nothing.
    /// - Throws: ``HTTP2ResponseError/malformedField(_:)``; nothing is sent then.
    public func start(
        _ head: HTTP2HeaderBlock, fields: HTTP2Fields = [:], heartbeat: HTTP2Heartbeat? = nil
    ) throws(HTTP2ResponseError) {
        try self.stream.pointee.core.start(
            self.stream, head, fields: fields, heartbeat: heartbeat)
    }

    /// Begins a response whose body is written in pieces; it ends when `respond` returns.
    ///
    /// - Throws: ``HTTP2ResponseError/malformedField(_:)``; nothing is sent then.
    public func start(
        status: Int, fields: HTTP2Fields, heartbeat: HTTP2Heartbeat? = nil
    ) throws(HTTP2ResponseError) {
        try self.stream.pointee.core.start(
            self.stream, status: status, fields: fields, heartbeat: heartbeat)
    }

    /// Adds a piece to a response begun with `start`, in one piece on the wire where possible.
    ///
    /// Suspends while the peer has not taken what was written before
    /// (``HTTP2Limits/streamedBytesMax``).
    ///
    /// - Throws: `CancellationError` when the stream is gone.
    public func write(_ piece: [UInt8]) async throws {
        let stream = self.stream
        guard stream.pointee.core.append(stream, piece) else { throw CancellationError() }
        guard let output = stream.pointee.output,
            output.waitingBytes > stream.pointee.core.pointee.limits.streamedBytesMax
        else { return }
        // Resumed when there is room, and when the stream closes: cancellation comes by the latter.
        await withUnsafeContinuation { output.writer = $0 }
        if stream.pointee.isClosed || Task.isCancelled { throw CancellationError() }
    }

    /// Cancels the handler's task when this much time has passed and it has not ended.
    ///
    /// Counted from the read that completed the request.
    @inline(__always)
    public func expire(after time: TimeAmount) {
        self.expire(at: self.stream.pointee.core.pointee.now + time)
    }

    /// Cancels the handler's task when `deadline` comes before its end; `.distantFuture` takes an
    /// earlier deadline back.
    public func expire(at deadline: NIODeadline) {
        self.stream.pointee.deadline = deadline
        self.stream.pointee.core.pointee.executor.armExpiry(deadline)
    }

    /// The time on the clock of ``expire(at:)``.
    public var now: NIODeadline { self.stream.pointee.core.pointee.executor.loop.now }

    /// When the bytes that the loop is working on arrived, or a little earlier.
    ///
    /// Read once for all requests that come together, so that a request need not read the clock.
    public var arrival: NIODeadline {
        self.stream.pointee.core.pointee.executor.state.pointee.arrival
    }

    /// Whether the handler was cancelled because its deadline had come.
    public var hasExpired: Bool { self.stream.pointee.hasExpired }

    /// Whether the stream is gone, so that nobody waits for the answer.
    public var isAbandoned: Bool { self.stream.pointee.isClosed }
}

/// Bytes that are sent by themselves while a streamed response is silent.
public struct HTTP2Heartbeat: Sendable, Hashable {
    /// The silence after which they are sent, in whole seconds.
    public var seconds: Int
    /// The bytes: a comment of server-sent events, a `null` of a CBOR sequence.
    public var bytes: [UInt8]

    /// Makes a heartbeat.
    public init(seconds: Int, bytes: [UInt8]) {
        self.seconds = seconds
        self.bytes = bytes
    }
}

/// A response that cannot be sent.
public enum HTTP2ResponseError: Error, Hashable, Sendable {
    /// A field name or value that HTTP does not allow (RFC 9113 section 8.2.1).
    case malformedField(String)
    /// A status outside 200 to 599.
    case malformedStatus(Int)
}
