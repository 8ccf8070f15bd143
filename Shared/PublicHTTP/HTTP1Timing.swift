import NIOCore

/// What an HTTP/1.1 connection waits for, since when, and for how long it may.
struct HTTP1Timing {
    /// What the connection is doing.
    enum Phase: Equatable {
        /// Between requests.
        case idle
        /// A head has begun to arrive.
        case head
        /// A body is arriving.
        case body
        /// The request is being handled.
        case handling
        /// The answer is a stream of events.
        case streaming
        /// The last answer is on its way to a peer that may be slow.
        case finishing
        /// The last answer is sent; the peer gets time to read it.
        case lingering
    }

    /// What is to be done now.
    enum Verdict: Equatable {
        /// Nothing before this time.
        case wait(until: NIODeadline)
        /// Close the connection: there is nobody to tell.
        case close
        /// Answer with 408 and close.
        case refuseAsTooSlow
        /// Cancel the handler: its time is over. Said once.
        case cancelHandler
        /// Send a comment on the stream of events.
        case sendHeartbeat
    }

    /// How long a peer gets to read the last answer.
    static let lingerSecondsMax: Int64 = 2

    private let limits: PublicLimits
    private(set) var phase = Phase.idle
    private var since: NIODeadline
    private var bodyBytes = 0
    private var wasCancelled = false
    private var unwritableSince: NIODeadline?
    private var lastWritten: NIODeadline

    init(limits: PublicLimits, now: NIODeadline) {
        self.limits = limits
        self.since = now
        self.lastWritten = now
    }

    /// The connection begins something else.
    mutating func enter(_ phase: Phase, now: NIODeadline) {
        self.phase = phase
        self.since = now
        self.bodyBytes = 0
        self.wasCancelled = false
        self.lastWritten = now
    }

    /// Bytes have arrived; the first of a head start its clock.
    mutating func received(_ count: Int, now: NIODeadline) {
        switch self.phase {
        case .idle: self.enter(.head, now: now)
        case .body: self.bodyBytes += count
        case .head, .handling, .streaming, .finishing, .lingering: break
        }
    }

    /// The socket took a part of a response.
    mutating func progressed(now: NIODeadline) {
        if self.unwritableSince != nil { self.unwritableSince = now }
        if self.phase == .finishing { self.since = now }
    }

    /// A piece of a stream was written.
    mutating func wrote(now: NIODeadline) { self.lastWritten = now }

    /// The socket takes bytes again, or no longer.
    mutating func writability(_ isWritable: Bool, now: NIODeadline) {
        self.unwritableSince = isWritable ? nil : self.unwritableSince ?? now
    }

    /// What is to be done, asked at least as often as the last answer demanded.
    mutating func verdict(now: NIODeadline) -> Verdict {
        var stallEnd = NIODeadline.distantFuture
        if let since = self.unwritableSince {
            stallEnd = since + .seconds(Int64(self.limits.writeStallSecondsMax))
            if now >= stallEnd { return .close }
        }
        let verdict = self.phaseVerdict(now)
        guard case .wait(let end) = verdict else { return verdict }
        return .wait(until: min(end, stallEnd))
    }

    private mutating func phaseVerdict(_ now: NIODeadline) -> Verdict {
        switch self.phase {
        case .idle: return self.close(after: self.limits.idleSecondsMax, now)
        case .finishing: return self.close(after: self.limits.writeStallSecondsMax, now)
        case .lingering: return self.close(after: Int(Self.lingerSecondsMax), now)
        case .head:
            let end = self.since + .seconds(Int64(self.limits.headSecondsMax))
            return now >= end ? .refuseAsTooSlow : .wait(until: end)
        case .body: return self.bodyVerdict(now)
        case .handling:
            let end = self.since + .seconds(Int64(self.limits.requestSecondsMax))
            if now < end { return .wait(until: end) }
            if self.wasCancelled { return .wait(until: now + .seconds(1)) }
            self.wasCancelled = true
            return .cancelHandler
        case .streaming:
            let end = self.lastWritten + .seconds(Int64(self.limits.heartbeatSeconds))
            return now >= end ? .sendHeartbeat : .wait(until: end)
        }
    }

    private func close(after seconds: Int, _ now: NIODeadline) -> Verdict {
        let end = self.since + .seconds(Int64(seconds))
        return now >= end ? .close : .wait(until: end)
    }

    private func bodyVerdict(_ now: NIODeadline) -> Verdict {
        let elapsed = (now - self.since).nanoseconds / 1_000_000_000
        let counted = elapsed - Int64(self.limits.bodyGraceSeconds)
        if counted > 0, Int64(self.bodyBytes) < counted * Int64(self.limits.bodyBytesPerSecondMin) {
            return .refuseAsTooSlow
        }
        return .wait(until: now + .seconds(1))
    }
}
