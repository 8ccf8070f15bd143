import CNghttp2
import NIOCore

/// What the callbacks record of what the peer sends.
extension UnsafeMutablePointer where Pointee == ServerCore {
    @inline(__always)
    func headersBegin(_ id: Int32) {
        self.pointee.continuations = 0
        switch self.pointee.skipped.headers(id) {
        case .allowed: break
        case .skipped: self.terminate(NGHTTP2_PROTOCOL_ERROR, "a stream id was used after a higher")
        case .abuse: self.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "too many stream ids passed over")
        }
    }

    /// Counts CONTINUATION frames, and checks their length, which libnghttp2 does of others only.
    func continuationBegins(_ length: Int) {
        self.pointee.continuations += 1
        if length > FixedLimits.framePayloadBytesMax {
            self.terminate(NGHTTP2_FRAME_SIZE_ERROR, "a CONTINUATION frame too large")
        } else if self.pointee.continuations > self.pointee.limits.continuationsMax {
            self.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "too many CONTINUATION frames")
        }
    }

    /// Counts a field, and keeps it while the list is within its limits.
    @inline(__always)
    func header(
        _ name: UnsafePointer<UInt8>, _ nameLength: Int, _ value: UnsafePointer<UInt8>,
        _ valueLength: Int
    ) -> Int32 {
        let bytes = self.pointee.headerBytes + nameLength + valueLength + 32
        let fields = self.pointee.headerFields + 1
        self.pointee.headerBytes = bytes
        self.pointee.headerFields = fields
        guard let stream = self.pointee.headerStream,
            bytes <= self.pointee.limits.headerBytesMax,
            fields <= self.pointee.limits.headerFieldsMax
        else { return self.headerBeyond() }
        let offset = stream.pointee.fields.append(name, nameLength, value, valueLength)
        let range = FieldRange(
            offset: UInt32(truncatingIfNeeded: offset),
            length: UInt32(truncatingIfNeeded: valueLength))
        if name[0] == UInt8(ascii: ":") {
            switch (nameLength, name[1]) {
            case (5, _): stream.pointee.path = range
            case (7, UInt8(ascii: "m")): stream.pointee.method = range
            case (7, _): stream.pointee.scheme = range
            default: stream.pointee.authority = range
            }
        } else if nameLength == 4,
            UnsafeRawBufferPointer(start: name, count: 4).isEqual(to: "host")
        {
            stream.pointee.host = range
        } else if nameLength == 14 {
            self.contentLength(stream, name, value, valueLength)
        }
        return 0
    }

    /// A field that is not kept: a trailer, or one beyond the limits.
    private func headerBeyond() -> Int32 {
        if self.pointee.headerBytes > self.pointee.limits.headerBytesFatal
            || self.pointee.headerFields > self.pointee.limits.headerFieldsFatal
        {
            self.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "header list too large")
            return Nghttp2.temporalFailure
        }
        if let stream = self.pointee.headerStream { stream.pointee.refusal = .headersTooLarge }
        return 0
    }

    private func contentLength(
        _ stream: ServerStreamReference, _ name: UnsafePointer<UInt8>,
        _ value: UnsafePointer<UInt8>, _ valueLength: Int
    ) {
        guard UnsafeRawBufferPointer(start: name, count: 14).isEqual(to: "content-length"),
            stream.pointee.refusal == nil
        else { return }
        var length = 0
        for index in 0..<valueLength {
            length = min(length, 1 << 40) * 10 + Int(value[index] &- UInt8(ascii: "0"))
        }
        if length > self.pointee.limits.bodyBytesMax { stream.pointee.refusal = .bodyTooLarge }
    }

    /// A request's header block is complete: refuse what need not be received further.
    @inline(__always)
    func headerComplete(_ stream: ServerStreamReference) {
        if stream.pointee.refusal == nil { self.checkAuthority(stream) }
        if let refusal = stream.pointee.refusal { self.refuse(stream, refusal) }
    }

    @inline(__always)
    private func checkAuthority(_ stream: ServerStreamReference) {
        let fields = stream.pointee.fields.bytes
        let authority = stream.pointee.authority.bytes(in: fields)
        if stream.pointee.host.length > 0 || stream.pointee.authority.length == 0 {
            let host = stream.pointee.host.bytes(in: fields)
            if !authority.isEmpty, !authority.elementsEqual(host) {
                stream.pointee.refusal = .authorityMismatch
            }
            if host.contains(UInt8(ascii: "@")) { stream.pointee.refusal = .authorityMismatch }
        }
        for byte in authority where byte == UInt8(ascii: "@") {
            stream.pointee.refusal = .authorityMismatch
        }
        if stream.pointee.path.length == 0 {
            stream.pointee.refusal = .methodNotAllowed
        } else {
            let scheme = stream.pointee.scheme.bytes(in: fields)
            if !scheme.isEqual(to: "http"), !scheme.isEqual(to: "https") {
                stream.pointee.refusal = .unknownScheme
            }
        }
    }

    /// Takes a piece of a body, as far as the limits allow.
    @inline(__always)
    func receive(
        _ stream: ServerStreamReference, _ data: UnsafePointer<UInt8>, _ count: Int, isLast: Bool
    ) {
        if stream.pointee.input != nil || (!isLast && self.beginsStreaming(stream)) {
            return self.feed(stream, data, count)
        }
        if stream.pointee.body.count + count > self.pointee.limits.bodyBytesMax {
            self.pointee.toConsume += count
            self.refuse(stream, .bodyTooLarge)
            return
        }
        guard self.mayHold(count) else {
            self.pointee.toConsume += count
            self.refuse(stream, .overloaded)
            return
        }
        let bytes = UnsafeBufferPointer(start: data, count: count)
        if stream.pointee.body.isEmpty {
            stream.pointee.body = Array(bytes)
        } else {
            stream.pointee.body.append(contentsOf: bytes)
        }
        self.hold(count, for: stream)
        if !isLast { nghttp2_session_consume_stream(self.session, stream.pointee.id, count) }
    }

    /// END_STREAM has come: the request is ready to run.
    @inline(__always)
    func requestComplete(_ stream: ServerStreamReference) {
        guard !stream.pointee.isComplete else { return }
        stream.pointee.isComplete = true
        guard !stream.pointee.isRefused else {
            self.pointee.earlyAnswers -= 1
            return
        }
        if let input = stream.pointee.input {
            self.pointee.earlyAnswers -= 1
            input.pieces.finish(nil)
            return
        }
        if stream.pointee.heldBytes > 0 { self.pointee.holdersCount += 1 }
        guard self.pointee.runningCount < self.pointee.limits.handlersMax,
            self.pointee.unsentBytes <= self.pointee.limits.unsentBytesMax
        else {
            self.refuse(stream, .overloaded)
            return
        }
        stream.pointee.isRunning = true
        self.pointee.runningCount += 1
        self.pointee.executor.enqueueReady(stream)
    }

    /// Answers a request in its handler's stead; whatever else comes of it is dropped.
    func refuse(_ stream: ServerStreamReference, _ reason: HTTP2Refusal) {
        guard !stream.pointee.isRefused else { return }
        stream.pointee.isRefused = true
        if !stream.pointee.isComplete { self.pointee.earlyAnswers += 1 }
        self.letGo(of: stream)
        stream.pointee.body = []
        self.answer(stream, refusing: reason)
    }

    /// The answer to an incomplete request has left: tell the peer to stop sending (RFC 9113 8.1).
    func earlyAnswerSent(_ stream: ServerStreamReference) {
        guard stream.pointee.isRefused || stream.pointee.input != nil,
            !stream.pointee.isComplete, !stream.pointee.isResetByUs
        else { return }
        stream.pointee.isResetByUs = true
        nghttp2_submit_rst_stream(
            self.session, 0, stream.pointee.id, NGHTTP2_NO_ERROR.rawValue)
    }

    /// The stream is gone; its record stays while its handler runs.
    @inline(__always)
    func closed(_ stream: ServerStreamReference) {
        stream.pointee.isClosed = true
        nghttp2_session_set_stream_user_data(self.session, stream.pointee.id, nil)
        if self.pointee.headerStream == stream { self.pointee.headerStream = nil }
        // The library does not tell the end of a block that it refuses half-way.
        if self.pointee.headerBlockID == stream.pointee.id { self.pointee.headerBlockBegan = nil }
        if let input = stream.pointee.input {
            if !stream.pointee.isComplete { self.pointee.earlyAnswers -= 1 }
            input.pieces.finish(CancellationError())
        } else if stream.pointee.isRefused, !stream.pointee.isComplete {
            self.pointee.earlyAnswers -= 1
        }
        if !stream.pointee.isRunning {
            self.recycle(stream)
        } else if stream.pointee.worker != nil {
            stream.pointee.next = self.pointee.firstCancelled
            self.pointee.firstCancelled = stream
        }
    }
}
