import CNghttp2
import NIOCore

/// What handlers send.
extension UnsafeMutablePointer where Pointee == ServerCore {
    /// Whether an answer to this stream can still be submitted.
    @inline(__always)
    private func canAnswer(_ stream: ServerStreamReference) -> Bool {
        !stream.pointee.isClosed && !stream.pointee.hasAnswered && !stream.pointee.isResetByUs
            && !self.pointee.isOver
    }

    /// Submits a whole response whose head was made in advance.
    @inline(__always)
    func submit(_ stream: ServerStreamReference, _ head: HTTP2HeaderBlock, _ body: [UInt8]) {
        guard self.canAnswer(stream) else { return }
        self.submit(stream, head.entries, head.count, body)
    }

    func submit(
        _ stream: ServerStreamReference, _ head: HTTP2HeaderBlock, fields: HTTP2Fields,
        body: [UInt8]
    ) throws(HTTP2ResponseError) {
        try FieldRules.check(fields)
        guard self.canAnswer(stream) else { return }
        head.withEntries(adding: fields) { self.submit(stream, $0, $1, body) }
    }

    func submit(
        _ stream: ServerStreamReference, status: Int, fields: HTTP2Fields, body: [UInt8]
    ) throws(HTTP2ResponseError) {
        try FieldRules.check(status: status)
        try FieldRules.check(fields)
        guard self.canAnswer(stream) else { return }
        fields.withEntries(after: ":status", String(status)) {
            self.submit(stream, $0, $1, body)
        }
    }

    private func submit(
        _ stream: ServerStreamReference, _ entries: UnsafePointer<nghttp2_nv>, _ count: Int,
        _ body: [UInt8]
    ) {
        stream.pointee.hasAnswered = true
        stream.pointee.progressed = self.pointee.now
        if body.isEmpty {
            nghttp2_submit_response(self.session, stream.pointee.id, entries, count, nil)
        } else {
            stream.pointee.response = body
            self.pointee.unsentBytes += body.count
            var provider = nghttp2_data_provider()
            provider.source.ptr = UnsafeMutableRawPointer(stream)
            provider.read_callback = ServerCallbacks.readWhole
            nghttp2_submit_response(self.session, stream.pointee.id, entries, count, &provider)
        }
        self.markDirty()
    }

    func start(
        _ stream: ServerStreamReference, _ head: HTTP2HeaderBlock, fields: HTTP2Fields,
        heartbeat: HTTP2Heartbeat?
    ) throws(HTTP2ResponseError) {
        try FieldRules.check(fields)
        guard self.canAnswer(stream) else { return }
        head.withEntries(adding: fields) { self.start(stream, $0, $1, heartbeat) }
    }

    func start(
        _ stream: ServerStreamReference, status: Int, fields: HTTP2Fields,
        heartbeat: HTTP2Heartbeat?
    ) throws(HTTP2ResponseError) {
        try FieldRules.check(status: status)
        try FieldRules.check(fields)
        guard self.canAnswer(stream) else { return }
        fields.withEntries(after: ":status", String(status)) {
            self.start(stream, $0, $1, heartbeat)
        }
    }

    private func start(
        _ stream: ServerStreamReference, _ entries: UnsafePointer<nghttp2_nv>, _ count: Int,
        _ heartbeat: HTTP2Heartbeat?
    ) {
        let output = StreamedOutput()
        output.heartbeat = heartbeat
        output.lastWrite = self.pointee.now
        stream.pointee.output = output
        stream.pointee.hasAnswered = true
        stream.pointee.progressed = self.pointee.now
        var provider = nghttp2_data_provider()
        provider.source.ptr = UnsafeMutableRawPointer(stream)
        provider.read_callback = ServerCallbacks.readStreamed
        nghttp2_submit_response(self.session, stream.pointee.id, entries, count, &provider)
        self.markDirty()
    }

    /// Adds a piece to a streamed response; whether the stream still takes any.
    func append(_ stream: ServerStreamReference, _ piece: [UInt8]) -> Bool {
        guard let output = stream.pointee.output, !stream.pointee.isClosed,
            !stream.pointee.isResetByUs, !self.pointee.isOver
        else { return false }
        guard !piece.isEmpty else { return true }
        if output.waitingBytes == 0 { stream.pointee.progressed = self.pointee.now }
        output.chunks.append(piece)
        output.waitingBytes += piece.count
        self.pointee.unsentBytes += piece.count
        output.lastWrite = self.pointee.now
        self.resume(stream, output)
        return true
    }

    /// Lets the library ask again for data it did not get.
    func resume(_ stream: ServerStreamReference, _ output: StreamedOutput) {
        if output.isDeferred {
            output.isDeferred = false
            nghttp2_session_resume_data(self.session, stream.pointee.id)
        }
        self.markDirty()
    }

    /// Answers in a handler's stead; for use from callbacks too.
    func answer(_ stream: ServerStreamReference, refusing reason: HTTP2Refusal) {
        let response =
            self.pointee.handler?.refusal(reason) ?? HTTP2Response(status: reason.status)
        do {
            try self.submit(
                stream, status: response.status, fields: response.fields, body: response.body)
        } catch {
            self.reset(stream, NGHTTP2_INTERNAL_ERROR)
        }
    }

    /// Appends a DATA frame to the output, its bytes straight from the response.
    @inline(__always)
    func serialise(
        _ stream: ServerStreamReference, _ head: UnsafePointer<UInt8>, _ count: Int
    ) -> Int32 {
        stream.pointee.progressed = self.pointee.now
        self.pointee.unsentBytes -= count
        return self.pointee.executor.appendData(head: head, count: count) { destination in
            if let output = stream.pointee.output {
                output.take(count, into: destination)
            } else {
                let offset = stream.pointee.responseOffset
                stream.pointee.response.copy(from: offset, count: count, to: destination)
                stream.pointee.responseOffset = offset + count
            }
        }
    }
}

extension StreamedOutput {
    /// Copies the next bytes out, and wakes the writer when there is room again.
    func take(_ count: Int, into destination: UnsafeMutablePointer<UInt8>) {
        var copied = 0
        while copied < count, let chunk = self.chunks.first {
            let piece = min(chunk.count - self.offset, count - copied)
            chunk.copy(from: self.offset, count: piece, to: destination + copied)
            copied += piece
            self.offset += piece
            if self.offset == chunk.count {
                self.chunks.removeFirst()
                self.offset = 0
            }
        }
        self.waitingBytes -= copied
        if self.waitingBytes == 0 { self.resumeWriter() }
    }
}
