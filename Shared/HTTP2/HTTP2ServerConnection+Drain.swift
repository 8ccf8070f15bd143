import CNghttp2
public import NIOCore

/// How far a server connection is with its end.
struct ServerDrain {
    enum Phase {
        /// Serving.
        case none
        /// Told that an end is near; streams that are on their way are still served.
        case noticed
        /// Told which stream was the last; closes when the streams have ended.
        case final
    }

    var phase = Phase.none
    var timer: Scheduled<Void>?

    var isFinal: Bool { self.phase == .final }
}

/// What our PING frames are told apart by.
enum PingKind {
    static let keepalive: UInt64 = 0x6c69_7665_6b65_6570
    static let drain: UInt64 = 0x6e69_6172_6472_6e69

    static func submit(_ session: OpaquePointer, _ kind: UInt64) {
        withUnsafeBytes(of: kind) { raw in
            _ = nghttp2_submit_ping(
                session, Nghttp2.flagNone, raw.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }
}

extension HTTP2ServerConnection {
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            self.drain(grace: .seconds(Int64(self.core.pointee.limits.drainGraceSeconds)))
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Ends the connection without losing an accepted request; to be called on the event loop.
    ///
    /// First a notice (GOAWAY with the highest stream id) and a PING: what the peer sent before it
    /// read the notice is served. Once the PING is back, or after a second, the final GOAWAY names
    /// the last stream served, and the channel closes when the streams have ended or `grace`, which
    /// counts from the start, is over.
    public func drain(grace: TimeAmount) {
        guard self.drain.phase == .none, !self.core.pointee.isOver,
            self.core.pointee.termination == nil
        else { return }
        self.drain.phase = .noticed
        nghttp2_submit_shutdown_notice(self.core.session)
        self.core.pointee.awaitedPings += 1
        PingKind.submit(self.core.session, PingKind.drain)
        let finish = self.executor.loop.now + grace
        let notice = TimeAmount.milliseconds(FixedLimits.shutdownNoticeMillisecondsMax)
        let bound = NIOLoopBound(self, eventLoop: self.executor.loop)
        self.drain.timer = self.executor.loop.scheduleTask(in: min(notice, grace)) {
            bound.value.sendFinalGoAway()
            bound.value.closeAt(finish)
        }
        self.core.markDirty()
    }

    private func closeAt(_ finish: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: self.executor.loop)
        self.drain.timer = self.executor.loop.scheduleTask(deadline: finish) {
            bound.value.context?.close(promise: nil)
        }
    }

    private func sendFinalGoAway() {
        guard self.drain.phase == .noticed, !self.core.pointee.isOver else { return }
        self.drain.phase = .final
        let last = nghttp2_session_get_last_proc_stream_id(self.core.session)
        nghttp2_submit_goaway(
            self.core.session, Nghttp2.flagNone, last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
        self.core.markDirty()
    }

    func pingAcknowledged() {
        let kind = self.core.pointee.acknowledgedPing
        self.core.pointee.acknowledgedPing = nil
        if kind == PingKind.drain { self.sendFinalGoAway() }
        if kind == PingKind.keepalive { self.pingSent = nil }
    }
}
