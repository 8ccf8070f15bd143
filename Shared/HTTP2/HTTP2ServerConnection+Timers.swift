import CNghttp2
import NIOCore

/// The timers, looked after once a second: their limits are whole seconds.
extension HTTP2ServerConnection {
    func everySecond(_ now: NIODeadline) {
        let core = self.core
        core.pointee.now = now
        core.pointee.penalties.refill(seconds: 1)
        guard let context = self.context, !core.pointee.isOver else { return }
        let limits = core.pointee.limits
        let isLate =
            !core.pointee.hasSettings && now - self.began >= .seconds(limits.prefaceSecondsMax)
        if isLate || self.isStalled(now) {
            let reason = isLate ? "no preface came" : "the socket took nothing"
            core.pointee.termination = core.pointee.termination ?? reason
            context.close(promise: nil)
            return
        }
        if core.pointee.hasSettings, !core.pointee.hasSettingsAcknowledgement,
            now - self.began >= .seconds(limits.settingsAckSecondsMax)
        {
            core.terminate(NGHTTP2_SETTINGS_TIMEOUT, "SETTINGS were not acknowledged")
        }
        if let began = core.pointee.headerBlockBegan,
            now - began >= .seconds(limits.headerBlockSecondsMax)
        {
            core.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "a header block came too slowly")
        }
        self.checkStreams(now, limits)
        self.checkKeepalive(now, limits)
        self.checkLifetime(now, limits)
        self.flush()
    }

    private func checkStreams(_ now: NIODeadline, _ limits: HTTP2Limits) {
        var next = self.core.pointee.firstLive
        while let stream = next {
            next = stream.pointee.nextLive
            if stream.pointee.isClosed { continue }
            if !stream.pointee.isComplete, !stream.pointee.isRefused, stream.pointee.input == nil {
                self.checkPace(stream, now, limits)
            }
            if let output = stream.pointee.output { self.beat(stream, output, now) }
            if stream.pointee.hasUnsentResponse,
                now - stream.pointee.progressed > .seconds(limits.writeStallSecondsMax)
            {
                self.core.pointee.stalledStreams += 1
                self.core.reset(stream, NGHTTP2_CANCEL)
                if self.core.pointee.stalledStreams >= limits.stalledStreamsMax {
                    self.core.terminate(NGHTTP2_ENHANCE_YOUR_CALM, "responses were not taken")
                }
            }
        }
    }

    /// A body that dribbles is refused; one that waits for our window is not.
    private func checkPace(
        _ stream: ServerStreamReference, _ now: NIODeadline, _ limits: HTTP2Limits
    ) {
        let elapsed = (now - stream.pointee.began).nanoseconds / 1_000_000_000
        guard elapsed >= limits.bodyGraceSeconds, self.core.pointee.owedBytes == 0,
            stream.pointee.body.count < Int(elapsed) * limits.bodyBytesPerSecondMin
        else { return }
        self.core.refuse(stream, .bodyTooSlow)
    }

    /// Sends a heartbeat on a response that has been silent.
    private func beat(
        _ stream: ServerStreamReference, _ output: StreamedOutput, _ now: NIODeadline
    ) {
        guard let heartbeat = output.heartbeat, !output.isFinished, output.waitingBytes == 0,
            now - output.lastWrite >= .seconds(Int64(heartbeat.seconds))
        else { return }
        _ = self.core.append(stream, heartbeat.bytes)
    }

    private func checkKeepalive(_ now: NIODeadline, _ limits: HTTP2Limits) {
        guard self.core.pointee.hasSettings else { return }
        if let sent = self.pingSent {
            if now - sent >= .seconds(limits.keepaliveAckSecondsMax) {
                self.core.pointee.termination = "a PING was not acknowledged"
                self.context?.close(promise: nil)
            }
        } else if now - self.core.pointee.lastReceived >= .seconds(limits.keepaliveSeconds) {
            self.pingSent = now
            self.core.pointee.awaitedPings += 1
            PingKind.submit(self.core.session, PingKind.keepalive)
        }
    }

    private func checkLifetime(_ now: NIODeadline, _ limits: HTTP2Limits) {
        let isIdle =
            self.core.pointee.liveCount == 0
            && now - self.core.pointee.lastBusy >= .seconds(limits.idleSecondsMax)
        if isIdle || now - self.began >= self.ageMax {
            self.drain(grace: .seconds(Int64(limits.drainGraceSeconds)))
        }
    }

    /// Cancels handlers whose deadline has come.
    func expire(_ now: NIODeadline) -> NIODeadline {
        var earliest = NIODeadline.distantFuture
        var next = self.core.pointee.firstLive
        while let stream = next {
            next = stream.pointee.nextLive
            guard stream.pointee.isRunning else { continue }
            if stream.pointee.deadline <= now {
                stream.pointee.deadline = .distantFuture
                stream.pointee.hasExpired = true
                self.core.cancel(stream)
            } else {
                earliest = min(earliest, stream.pointee.deadline)
            }
        }
        return earliest
    }
}

extension TimeAmount {
    static func seconds(_ seconds: Int) -> TimeAmount { .seconds(Int64(seconds)) }
}
