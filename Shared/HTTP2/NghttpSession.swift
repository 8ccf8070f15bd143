import CNghttp2

/// A libnghttp2 session: one owner, deleted with it.
///
/// Deleting fires no callbacks: whoever owns streams walks them first. Never to be used from inside
/// a callback for receiving or sending.
struct NghttpSession: ~Copyable {
    /// The session, for calls into the library; not to be kept beyond the owner.
    let pointer: OpaquePointer

    /// Makes the server's end of a connection.
    init(
        server callbacks: OpaquePointer?, user: UnsafeMutableRawPointer
    ) throws(HTTP2SetupError) {
        let options = try NghttpOptions()
        nghttp2_option_set_max_settings(options.pointer, FixedLimits.settingsEntriesMax)
        nghttp2_option_set_max_outbound_ack(options.pointer, FixedLimits.acknowledgementsMax)
        nghttp2_option_set_max_continuations(
            options.pointer, FixedLimits.libraryContinuationsMax)
        nghttp2_option_set_stream_reset_rate_limit(
            options.pointer, FixedLimits.resetsBurst, FixedLimits.resetsPerSecond)
        // Else frames of unknown types would be ignored unseen, and so could not be counted.
        for type in (Nghttp2.continuation + 1)...UInt8.max {
            nghttp2_option_set_user_recv_extension_type(options.pointer, type)
        }
        var session: OpaquePointer?
        guard nghttp2_session_server_new2(&session, callbacks, user, options.pointer) == 0,
            let session
        else { throw HTTP2SetupError("no memory for an HTTP/2 session") }
        self.pointer = session
    }

    /// Makes the client's end of a connection.
    init(
        client callbacks: OpaquePointer?, user: UnsafeMutableRawPointer
    ) throws(HTTP2SetupError) {
        let options = try NghttpOptions()
        nghttp2_option_set_max_settings(options.pointer, FixedLimits.settingsEntriesMax)
        nghttp2_option_set_max_outbound_ack(options.pointer, FixedLimits.acknowledgementsMax)
        nghttp2_option_set_max_continuations(
            options.pointer, FixedLimits.libraryContinuationsMax)
        var session: OpaquePointer?
        guard nghttp2_session_client_new2(&session, callbacks, user, options.pointer) == 0,
            let session
        else { throw HTTP2SetupError("no memory for an HTTP/2 session") }
        self.pointer = session
    }

    deinit {
        nghttp2_session_del(self.pointer)
    }
}

/// libnghttp2's options with what both ends want: windows that open only when bytes are taken.
private struct NghttpOptions: ~Copyable {
    let pointer: OpaquePointer

    init() throws(HTTP2SetupError) {
        try Nghttp2.checkVersion()
        var options: OpaquePointer?
        guard nghttp2_option_new(&options) == 0, let options else {
            throw HTTP2SetupError("no memory for HTTP/2 options")
        }
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_option_set_max_send_header_block_length(
            options, FixedLimits.sentHeaderBytesMax)
        self.pointer = options
    }

    deinit {
        nghttp2_option_del(self.pointer)
    }
}
