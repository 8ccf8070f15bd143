/// Every bound a server connection keeps, in one place.
///
/// Units are part of each name. `publicEdge` is for listeners that strangers reach,
/// `internalPeers` for those that only the suite's own services reach.
public struct HTTP2Limits: Sendable, Hashable {
    /// Connections of one listener; more are closed at once.
    public var connectionsMax = 10_000
    /// Connections of one listener from one IPv4 address or one IPv6 network of 64 bits; more are
    /// closed at once.
    public var connectionsPerAddressMax = 1_000
    /// Streams a peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS).
    public var streamsMax = 100
    /// Requests whose handlers run at once on one connection; more are refused as overloaded.
    ///
    /// A slot counts until its handler has ended, not until its stream has closed.
    public var handlersMax = 100
    /// Flow-control window of one stream.
    public var streamWindowBytes = 256 * 1024
    /// Flow-control window of the connection.
    public var connectionWindowBytes = 1024 * 1024
    /// Body of one request; more is answered with 413.
    public var bodyBytesMax = 1024 * 1024
    /// Bodies a connection holds for its handlers before its window stays shut.
    public var heldBodyBytesMax = 4 * 1024 * 1024
    /// Bodies that all connections of a listener hold for their handlers, beyond the first 16 KiB of
    /// each; streams that go over are refused.
    public var allHeldBodyBytesMax = 256 * 1024 * 1024
    /// Header list (names, values and 32 a field, RFC 9113 section 6.5.2); more is answered with 431.
    public var headerBytesMax = 16 * 1024
    /// Header fields; more is answered with 431.
    public var headerFieldsMax = 100
    /// Header list that ends the connection.
    public var headerBytesFatal = 64 * 1024
    /// Header fields that end the connection.
    public var headerFieldsFatal = 256
    /// CONTINUATION frames of one header block; more end the connection.
    public var continuationsMax = 8
    /// Bytes of a streamed response that wait for the peer before `write` suspends.
    public var streamedBytesMax = 64 * 1024
    /// Response bytes that wait for the peer before its further requests are refused as overloaded.
    ///
    /// Requests whose handlers run already may add to them.
    public var unsentBytesMax = 4 * 1024 * 1024
    /// From the connection's start to the complete preface and first SETTINGS.
    public var prefaceSecondsMax = 5
    /// From our SETTINGS to its acknowledgement.
    public var settingsAckSecondsMax = 10
    /// From the first to the last frame of one header block.
    public var headerBlockSecondsMax = 10
    /// How long a body may arrive at any pace.
    public var bodyGraceSeconds = 10
    /// Pace of a body after that.
    public var bodyBytesPerSecondMin = 1024
    /// A response, or the socket, that the peer accepts nothing of.
    public var writeStallSecondsMax = 30
    /// Stalled responses that end the connection.
    public var stalledStreamsMax = 3
    /// A connection without streams.
    public var idleSecondsMax = 60
    /// A connection at all (spread by 10 %); it is drained, not cut.
    public var ageSecondsMax = 30 * 60
    /// Silence before a PING is sent.
    public var keepaliveSeconds = 60
    /// From a PING to its acknowledgement.
    public var keepaliveAckSecondsMax = 20
    /// From a connection that ages out being told so to its end.
    public var drainGraceSeconds = 25

    /// The limits for listeners that strangers reach.
    public static let publicEdge = HTTP2Limits()

    /// The limits for listeners that only the suite's own services reach.
    public static let internalPeers: HTTP2Limits = {
        var limits = HTTP2Limits()
        // A machine of the suite may hold all there are.
        limits.connectionsPerAddressMax = limits.connectionsMax
        limits.streamsMax = 1000
        limits.handlersMax = 1000
        limits.streamWindowBytes = 1024 * 1024
        limits.connectionWindowBytes = 16 * 1024 * 1024
        limits.bodyBytesMax = 4 * 1024 * 1024
        limits.heldBodyBytesMax = 64 * 1024 * 1024
        limits.unsentBytesMax = 64 * 1024 * 1024
        limits.idleSecondsMax = 5 * 60
        limits.ageSecondsMax = 60 * 60
        limits.keepaliveSeconds = 30
        limits.keepaliveAckSecondsMax = 10
        return limits
    }()
}

/// Every bound a client connection keeps.
public struct HTTP2ClientLimits: Sendable, Hashable {
    /// Flow-control window of one stream.
    public var streamWindowBytes = 1024 * 1024
    /// Flow-control window of the connection.
    public var connectionWindowBytes = 16 * 1024 * 1024
    /// Body of a collected response; more fails the call.
    public var bodyBytesMax = 4 * 1024 * 1024
    /// Header list of a response; more fails the call.
    public var headerBytesMax = 16 * 1024
    /// Bytes of a produced request that wait for the peer before writing them waits.
    public var uploadBytesMax = 64 * 1024
    /// Calls waiting for the peer to allow another stream; more fail at once.
    public var waitingCallsMax = 10_000
    /// Connecting, TLS included.
    public var connectSecondsMax = 5
    /// Silence before a PING is sent.
    public var keepaliveSeconds = 30
    /// From a PING to its acknowledgement.
    public var keepaliveAckSecondsMax = 10

    /// The default limits.
    public init() {}
}

/// Bounds that are the same for every connection.
enum FixedLimits {
    /// Fields of one SETTINGS frame.
    static let settingsEntriesMax = 16
    /// PING and SETTINGS acknowledgements waiting to be sent.
    static let acknowledgementsMax = 100
    /// RST_STREAM frames a peer may send in a burst, and each second after it (CVE-2023-44487).
    static let resetsBurst: UInt64 = 200
    static let resetsPerSecond: UInt64 = 20
    /// libnghttp2's own count of CONTINUATION pieces; it counts partial reads, hence above ours.
    static let libraryContinuationsMax = 72
    /// One header field block that we send.
    static let sentHeaderBytesMax = 32 * 1024
    /// Ranges of skipped stream ids remembered before skipping is abuse.
    static let skippedRangesMax = 16
    /// One read from the socket; small reads let both ends of a connection work at once.
    static let readBytesMax = 16 * 1024
    /// One write to the socket.
    static let writeBytesMax = 64 * 1024
    /// What one TLS record carries, of 16 KiB that it may.
    static let recordBytesMax = 4 * 1024
    /// The head of a frame (RFC 9113 section 4.1).
    static let frameHeadBytes = 9
    /// The payload of one frame: SETTINGS_MAX_FRAME_SIZE as it is when nothing is said of it.
    static let framePayloadBytesMax = 16 * 1024
    /// Head room for one frame, its payload of 16 KiB included.
    static let frameBytesMax = 16 * 1024 + 256
    /// Bodies that a connection holds whatever the others do: one frame, as nearly every request is.
    static let ownBodyBytesMax = framePayloadBytesMax
    /// What a connection draws on the budget of all at a time.
    static let bodyShareStepBytes = framePayloadBytesMax
    /// Parked worker tasks kept on one event loop.
    static let parkedWorkersMax = 64
    /// Connections a loop looks after in one turn, of all those it looks after each second.
    static let connectionsPerTurnMin = 64
    /// Turns of a loop, a millisecond apart, in which it has looked after all of them.
    static let turnsPerSecondMax = 512
    /// Stream records kept for reuse on one event loop.
    static let spareStreamsMax = 1024
    /// Header storage a spare stream record keeps.
    static let spareFieldBytesMax = 4 * 1024
    /// From the shutdown notice to the final GOAWAY, should the PING not come back.
    static let shutdownNoticeMillisecondsMax: Int64 = 1000
    /// A Unix socket's path, terminator included (`sun_path`).
    static let unixPathBytesMax = 107
}
