import CNghttp2

/// libnghttp2's callbacks of a client. They record what happened, and resume callers at most.
enum ClientCallbacks {
    /// Shared by all sessions and never freed; the library copies it for each.
    // Written once, before first use, and only read afterwards.
    nonisolated(unsafe) static let table: OpaquePointer? = {
        var table: OpaquePointer?
        guard nghttp2_session_callbacks_new(&table) == 0 else { return nil }
        nghttp2_session_callbacks_set_on_begin_headers_callback(table, beginHeaders)
        nghttp2_session_callbacks_set_on_header_callback(table, header)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, dataChunk)
        nghttp2_session_callbacks_set_on_frame_recv_callback(table, frameReceived)
        nghttp2_session_callbacks_set_on_frame_send_callback(table, frameSent)
        nghttp2_session_callbacks_set_on_frame_not_send_callback(table, frameNotSent)
        nghttp2_session_callbacks_set_on_stream_close_callback(table, streamClosed)
        nghttp2_session_callbacks_set_send_data_callback(table, sendData)
        return table
    }()

    @inline(__always)
    private static func withEngine<Result>(
        _ user: UnsafeMutableRawPointer?, _ body: (ClientEngine) -> Result
    ) -> Result {
        Unmanaged<ClientEngine>.fromOpaque(user.unsafelyUnwrapped)
            ._withUnsafeGuaranteedRef(body)
    }

    /// The call of a stream; frames of a stream mostly come after each other.
    @inline(__always)
    private static func call(
        _ session: OpaquePointer?, _ id: Int32, of engine: ClientEngine
    ) -> Unmanaged<ClientCall>? {
        if engine.receivingID == id { return engine.receiving }
        engine.receiving = nghttp2_session_get_stream_user_data(session, id).map {
            .fromOpaque($0)
        }
        engine.receivingID = id
        return engine.receiving
    }

    /// A header block begins: of a response, perhaps after interim ones, or of trailers.
    private static let beginHeaders: nghttp2_on_begin_headers_callback = { session, frame, user in
        let id = frame.unsafelyUnwrapped.pointee.hd.stream_id
        withEngine(user) { engine in
            call(session, id, of: engine)?._withUnsafeGuaranteedRef { call in
                engine.isInTrailers = call.status >= 200
                guard !engine.isInTrailers else { return }
                engine.received.clear()
                call.headerBytes = 0
                call.status = 0
            }
        }
        return 0
    }

    private static let header: nghttp2_on_header_callback = {
        session, frame, name, nameLength, value, valueLength, _, user in
        let id = frame.unsafelyUnwrapped.pointee.hd.stream_id
        return withEngine(user) { engine in
            guard let call = call(session, id, of: engine) else { return 0 }
            return call._withUnsafeGuaranteedRef { call in
                call.headerBytes += nameLength + valueLength + 32
                guard call.headerBytes <= engine.limits.headerBytesMax else {
                    engine.giveUp(call, HTTP2ClientError.responseTooLarge)
                    return 0
                }
                guard !engine.isInTrailers, let name, let value else { return 0 }
                if nameLength > 0, name.pointee == UInt8(ascii: ":") {
                    let digits = UnsafeBufferPointer(start: value, count: valueLength)
                    call.status = digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
                } else {
                    engine.received.append(name, nameLength, value, valueLength)
                }
                return 0
            }
        }
    }

    private static let dataChunk: nghttp2_on_data_chunk_recv_callback = {
        session, flags, id, data, count, user in
        withEngine(user) { engine in
            engine.toConsume += count
            guard let call = call(session, id, of: engine) else { return }
            call._withUnsafeGuaranteedRef { call in
                guard call.verdict == nil else { return }
                let bytes = UnsafeBufferPointer(start: data, count: count)
                if let pieces = call.pieces {
                    if pieces.push(Array(bytes)) {
                        nghttp2_session_consume_stream(session, id, count)
                    }
                    return
                }
                guard call.body.count + count <= engine.limits.bodyBytesMax else {
                    engine.giveUp(call, HTTP2ClientError.responseTooLarge)
                    return
                }
                if call.body.isEmpty {
                    call.body = Array(bytes)
                } else {
                    call.body.append(contentsOf: bytes)
                }
                if flags & Nghttp2.endStream == 0 {
                    nghttp2_session_consume_stream(session, id, count)
                }
            }
        }
        return 0
    }

    private static let frameReceived: nghttp2_on_frame_recv_callback = { session, frame, user in
        let frame = frame.unsafelyUnwrapped
        let head = frame.pointee.hd
        switch head.type {
        case Nghttp2.headers:
            withEngine(user) { engine in
                call(session, head.stream_id, of: engine)?._withUnsafeGuaranteedRef { call in
                    if !engine.isInTrailers { call.fields = engine.received.fields() }
                    if head.flags & Nghttp2.endStream != 0, call.upload != nil {
                        engine.answerComplete(call)
                    }
                    guard call.status >= 200, case .streamed(let continuation) = call.kind else {
                        return
                    }
                    call.kind = .none
                    continuation.resume(
                        returning: .init(status: call.status, fields: call.fields))
                }
            }
        case Nghttp2.data where head.flags & Nghttp2.endStream != 0:
            withEngine(user) { engine in
                guard engine.uploadCount > 0,
                    let call = call(session, head.stream_id, of: engine)
                else { return }
                call._withUnsafeGuaranteedRef { engine.answerComplete($0) }
            }
        case Nghttp2.settings where head.flags & Nghttp2.acknowledgement == 0:
            withEngine(user) { $0.becameReady() }
        case Nghttp2.goAway:
            withEngine(user) { $0.goAwayReceived() }
        case Nghttp2.ping where head.flags & Nghttp2.acknowledgement != 0:
            withEngine(user) { $0.acknowledgedPing = PingKind.keepalive }
        default: break
        }
        return 0
    }

    private static let frameSent: nghttp2_on_frame_send_callback = { _, frame, user in
        let head = frame.unsafelyUnwrapped.pointee.hd
        if head.type == Nghttp2.headers {
            withEngine(user) { $0.highestSent = max($0.highestSent, head.stream_id) }
        }
        return 0
    }

    /// A request that was still waiting cannot be sent any more: the server never saw it.
    ///
    /// The library has opened its stream by now and closes it next, which finishes the call.
    private static let frameNotSent: nghttp2_on_frame_not_send_callback = {
        session, frame, _, user in
        let head = frame.unsafelyUnwrapped.pointee.hd
        guard head.type == Nghttp2.headers else { return 0 }
        withEngine(user) { engine in
            call(session, head.stream_id, of: engine)?._withUnsafeGuaranteedRef { call in
                call.verdict =
                    call.verdict
                    ?? HTTP2ClientError.notProcessed("the server takes no more streams")
            }
        }
        return 0
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = {
        session, id, code, user in
        withEngine(user) { engine in
            guard let call = call(session, id, of: engine) else { return }
            engine.receiving = nil
            engine.receivingID = 0
            nghttp2_session_set_stream_user_data(session, id, nil)
            engine.closed(call.takeUnretainedValue(), code)
        }
        return 0
    }

    private static let sendData: nghttp2_send_data_callback = { _, _, head, count, source, user in
        let call = Unmanaged<ClientCall>.fromOpaque(
            source.unsafelyUnwrapped.pointee.ptr.unsafelyUnwrapped)
        return withEngine(user) { engine in
            call._withUnsafeGuaranteedRef { call in
                engine.executor.appendData(head: head.unsafelyUnwrapped, count: count) {
                    if let upload = call.upload { return upload.take(count, into: $0) }
                    call.request.body.copy(from: call.sentBytes, count: count, to: $0)
                    call.sentBytes += count
                }
            }
        }
    }

    /// Says how much of a request's body the next DATA frame takes.
    static let read: nghttp2_data_source_read_callback = { _, _, _, room, flags, source, _ in
        let call = Unmanaged<ClientCall>.fromOpaque(
            source.unsafelyUnwrapped.pointee.ptr.unsafelyUnwrapped)
        return call._withUnsafeGuaranteedRef { call in
            if let upload = call.upload {
                guard let next = upload.next(room: room) else { return Nghttp2.deferred }
                flags.unsafelyUnwrapped.pointee |=
                    next.isLast ? Nghttp2.dataNoCopy | Nghttp2.dataEndOfFile : Nghttp2.dataNoCopy
                return next.count
            }
            let left = call.request.body.count - call.sentBytes
            flags.unsafelyUnwrapped.pointee |=
                left <= room ? Nghttp2.dataNoCopy | Nghttp2.dataEndOfFile : Nghttp2.dataNoCopy
            return min(left, room)
        }
    }
}

extension ClientEngine {
    /// A stream is over: the response is whole, or the code says what happened.
    func closed(_ call: ClientCall, _ code: UInt32) {
        if let verdict = call.verdict {
            self.finish(call, verdict)
        } else if code == NGHTTP2_REFUSED_STREAM.rawValue {
            self.finish(call, HTTP2ClientError.notProcessed("the server refused the stream"))
        } else if code != NGHTTP2_NO_ERROR.rawValue || call.status < 200 {
            self.finish(call, HTTP2ClientError.reset(code: code))
        } else {
            self.finish(call, nil)
        }
    }
}

extension HTTP2RequestHead {
    /// Submits a request and returns its stream id, or libnghttp2's error.
    func submit(
        on session: OpaquePointer, fields: HTTP2Fields,
        body: nghttp2_data_source_read_callback?, user: UnsafeMutableRawPointer
    ) -> Int32 {
        var provider = nghttp2_data_provider()
        provider.source.ptr = user
        provider.read_callback = body
        return withUnsafeTemporaryAllocation(
            of: nghttp2_nv.self, capacity: self.count + fields.count
        ) { entries in
            guard let start = entries.baseAddress else { return NGHTTP2_ERR_NOMEM.rawValue }
            start.initialize(from: self.entries, count: self.count)
            var id: Int32 = 0
            fields.withEntries(into: start + self.count, flags: Nghttp2.noIndexField) {
                let count = self.count + fields.count
                id =
                    body == nil
                    ? nghttp2_submit_request(session, nil, start, count, nil, user)
                    : nghttp2_submit_request(session, nil, start, count, &provider, user)
            }
            return id
        }
    }
}
