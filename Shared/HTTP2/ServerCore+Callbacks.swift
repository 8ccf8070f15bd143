import CNghttp2
import NIOCore

/// libnghttp2's callbacks of a server. They record what happened and submit at most.
enum ServerCallbacks {
    /// Shared by all sessions and never freed; the library copies it for each.
    // Written once, before first use, and only read afterwards.
    nonisolated(unsafe) static let table: OpaquePointer? = {
        var table: OpaquePointer?
        guard nghttp2_session_callbacks_new(&table) == 0 else { return nil }
        nghttp2_session_callbacks_set_on_begin_frame_callback(table, beginFrame)
        nghttp2_session_callbacks_set_on_begin_headers_callback(table, beginHeaders)
        nghttp2_session_callbacks_set_on_header_callback(table, header)
        nghttp2_session_callbacks_set_on_invalid_header_callback(table, invalidHeader)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, dataChunk)
        nghttp2_session_callbacks_set_on_frame_recv_callback(table, frameReceived)
        nghttp2_session_callbacks_set_on_frame_send_callback(table, frameSent)
        nghttp2_session_callbacks_set_on_stream_close_callback(table, streamClosed)
        nghttp2_session_callbacks_set_send_data_callback(table, sendData)
        nghttp2_session_callbacks_set_unpack_extension_callback(table, unpackUnknown)
        return table
    }()

    @inline(__always)
    private static func core(_ user: UnsafeMutableRawPointer?) -> ServerCoreReference {
        user.unsafelyUnwrapped.assumingMemoryBound(to: ServerCore.self)
    }

    @inline(__always)
    private static func stream(
        _ session: OpaquePointer?, _ id: Int32
    ) -> ServerStreamReference? {
        nghttp2_session_get_stream_user_data(session, id)?
            .assumingMemoryBound(to: ServerStream.self)
    }

    private static let beginFrame: nghttp2_on_begin_frame_callback = { _, head, user in
        let head = head.unsafelyUnwrapped
        let core = core(user)
        if head.pointee.type == Nghttp2.headers {
            core.headersBegin(head.pointee.stream_id)
        } else if head.pointee.type == Nghttp2.continuation {
            core.continuationBegins(head.pointee.length)
        } else if head.pointee.type > Nghttp2.continuation {
            core.penalise(.unknown)
        }
        return 0
    }

    /// A frame of a type that nobody here knows is ignored; it was counted when it began.
    private static let unpackUnknown: nghttp2_unpack_extension_callback = { _, _, _, _ in
        Nghttp2.cancel
    }

    private static let beginHeaders: nghttp2_on_begin_headers_callback = {
        session, frame, user in
        let frame = frame.unsafelyUnwrapped
        let core = core(user)
        core.pointee.headerBlockBegan = core.pointee.now
        core.pointee.headerBlockID = frame.pointee.hd.stream_id
        core.pointee.headerBytes = 0
        core.pointee.headerFields = 0
        guard frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else {
            core.pointee.headerStream = nil
            return 0
        }
        let stream = core.makeStream(frame.pointee.hd.stream_id)
        core.pointee.headerStream = stream
        nghttp2_session_set_stream_user_data(session, frame.pointee.hd.stream_id, stream)
        return 0
    }

    private static let header: nghttp2_on_header_callback = {
        _, _, name, nameLength, value, valueLength, _, user in
        core(user).header(
            name.unsafelyUnwrapped, nameLength, value.unsafelyUnwrapped, valueLength)
    }

    /// A field that HTTP does not allow: the library would drop it, we reset the stream.
    private static let invalidHeader: nghttp2_on_invalid_header_callback = {
        _, _, _, _, _, _, _, _ in Nghttp2.temporalFailure
    }

    private static let dataChunk: nghttp2_on_data_chunk_recv_callback = {
        session, flags, id, data, count, user in
        let core = core(user)
        guard let stream = stream(session, id), !stream.pointee.isRefused else {
            core.pointee.toConsume += count
            return 0
        }
        core.receive(stream, data.unsafelyUnwrapped, count, isLast: flags & Nghttp2.endStream != 0)
        return 0
    }

    private static let frameReceived: nghttp2_on_frame_recv_callback = { session, frame, user in
        let frame = frame.unsafelyUnwrapped
        let head = frame.pointee.hd
        let core = core(user)
        switch head.type {
        case Nghttp2.headers:
            core.pointee.headerBlockBegan = nil
            guard let stream = stream(session, head.stream_id) else { return 0 }
            if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST { core.headerComplete(stream) }
            if head.flags & Nghttp2.endStream != 0 { core.requestComplete(stream) }
        case Nghttp2.data:
            if head.flags & Nghttp2.endStream != 0 {
                guard let stream = stream(session, head.stream_id) else { return 0 }
                core.requestComplete(stream)
            } else if head.length == frame.pointee.data.padlen {
                core.penalise(.emptyData)
            }
        case Nghttp2.ping:
            if head.flags & Nghttp2.acknowledgement == 0 || core.pointee.awaitedPings == 0 {
                core.penalise(.ping)
            } else {
                core.pointee.awaitedPings -= 1
                var data = frame.pointee.ping.opaque_data
                core.pointee.acknowledgedPing = withUnsafeBytes(of: &data) {
                    $0.loadUnaligned(as: UInt64.self)
                }
            }
        case Nghttp2.settings:
            if head.flags & Nghttp2.acknowledgement != 0 {
                core.pointee.hasSettingsAcknowledgement = true
            } else if core.pointee.hasSettings {
                core.penalise(.settings)
            } else {
                core.pointee.hasSettings = true
            }
        case Nghttp2.priority: core.penalise(.priority)
        case Nghttp2.windowUpdate: core.penalise(.windowUpdate)
        case Nghttp2.goAway: core.penalise(.goAway)
        default: break
        }
        return 0
    }

    private static let frameSent: nghttp2_on_frame_send_callback = { session, frame, user in
        let frame = frame.unsafelyUnwrapped
        let head = frame.pointee.hd
        let core = core(user)
        if head.type == Nghttp2.resetStream {
            let code = frame.pointee.rst_stream.error_code
            if code != NGHTTP2_NO_ERROR.rawValue,
                stream(session, head.stream_id)?.pointee.isResetByUs != true
            {
                core.penalise(
                    code == NGHTTP2_REFUSED_STREAM.rawValue ? .refusedStream : .forcedReset)
            }
        } else if head.flags & Nghttp2.endStream != 0, head.type <= Nghttp2.headers {
            core.pointee.penalties.earn(sentBytes: head.length, isEnd: true)
            if core.pointee.earlyAnswers > 0, let stream = stream(session, head.stream_id) {
                core.earlyAnswerSent(stream)
            }
        } else if head.type == Nghttp2.data {
            core.pointee.penalties.earn(sentBytes: head.length, isEnd: false)
        } else if head.type == Nghttp2.goAway {
            core.goAwaySent(frame.pointee.goaway.error_code)
        }
        return 0
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = { session, id, _, user in
        guard let stream = stream(session, id) else { return 0 }
        core(user).closed(stream)
        return 0
    }

    private static let sendData: nghttp2_send_data_callback = {
        _, _, head, count, source, user in
        let stream = source.unsafelyUnwrapped.pointee.ptr.unsafelyUnwrapped
            .assumingMemoryBound(to: ServerStream.self)
        return core(user).serialise(stream, head.unsafelyUnwrapped, count)
    }

    /// Says how much of a whole response the next DATA frame takes.
    static let readWhole: nghttp2_data_source_read_callback = {
        _, _, _, room, flags, source, _ in
        let stream = source.unsafelyUnwrapped.pointee.ptr.unsafelyUnwrapped
            .assumingMemoryBound(to: ServerStream.self)
        let left = stream.pointee.response.count - stream.pointee.responseOffset
        flags.unsafelyUnwrapped.pointee |=
            left <= room ? Nghttp2.dataNoCopy | Nghttp2.dataEndOfFile : Nghttp2.dataNoCopy
        return min(left, room)
    }

    /// Says how much of a streamed response the next DATA frame takes.
    static let readStreamed: nghttp2_data_source_read_callback = {
        _, _, _, room, flags, source, _ in
        let stream = source.unsafelyUnwrapped.pointee.ptr.unsafelyUnwrapped
            .assumingMemoryBound(to: ServerStream.self)
        guard let output = stream.pointee.output else { return 0 }
        if output.waitingBytes == 0, !output.isFinished {
            output.isDeferred = true
            return Nghttp2.deferred
        }
        flags.unsafelyUnwrapped.pointee |= Nghttp2.dataNoCopy
        if output.isFinished, output.waitingBytes <= room {
            flags.unsafelyUnwrapped.pointee |= Nghttp2.dataEndOfFile
        }
        return min(output.waitingBytes, room)
    }
}
