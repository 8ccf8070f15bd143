/// Every bound the public listener keeps, in one place; units are part of each name.
public struct PublicLimits: Sendable, Hashable {
    /// Connections open at once; more are closed when they arrive.
    public var connectionsMax = 10_000
    /// Connections open at once from one IPv4 address or one IPv6 network of 64 bits; more are
    /// closed when they arrive. What a proxy in front opens are all from the proxy.
    public var connectionsPerAddressMax = 1_000
    /// Requests handled at once by all connections; more are refused with 503.
    public var requestsMax = 2_000
    /// A request's body, unless its route says otherwise; more is refused with 413.
    public var bodyBytesMax = 1024 * 1024
    /// Bodies that all connections hold at once, beyond the first 16 KiB of each; requests that go
    /// over are refused with 503.
    public var heldBodyBytesMax = 256 * 1024 * 1024
    /// The path with its query; more is refused with 414.
    public var targetBytesMax = 8 * 1024
    /// One header field; more is refused with 431.
    public var headerFieldBytesMax = 8 * 1024
    /// All header fields; more is refused with 431.
    public var headerBytesMax = 16 * 1024
    /// Header fields; more is refused with 431.
    public var headerFieldsMax = 100
    /// From a request's arrival to its answer; later it is cancelled and answered with 504.
    public var requestSecondsMax = 30
    /// From the first byte of a connection to knowing its protocol.
    public var prefaceSecondsMax = 5
    /// From the first byte of an HTTP/1.1 head to its last.
    public var headSecondsMax = 10
    /// How long an HTTP/1.1 body may arrive at any pace.
    public var bodyGraceSeconds = 10
    /// Pace of an HTTP/1.1 body after that.
    public var bodyBytesPerSecondMin = 1024
    /// An HTTP/1.1 response that the peer takes nothing of.
    public var writeStallSecondsMax = 30
    /// An HTTP/1.1 connection between requests.
    public var idleSecondsMax = 60
    /// Silence after which a comment is sent on a stream of server-sent events.
    public var heartbeatSeconds = 15
    /// How long a proven pair of e-mail and secret is not asked about again.
    public var authenticationCacheMilliseconds = 1_000
    /// Proven pairs remembered at once.
    public var authenticationCacheEntriesMax = 10_000

    /// The default limits.
    public init() {}
}

/// Bounds that are the same for every listener.
enum FixedPublicLimits {
    /// Segments of a path; longer paths name nothing.
    static let pathSegmentsMax = 32
    /// A part of a response after which its progress is noted.
    static let pieceBytesMax = 16 * 1024
    /// An `Idempotency-Key` or `x-request-id` header.
    static let tokenBytesMax = 128
    /// Media ranges of an `Accept` header that are looked at.
    static let acceptRangesMax = 32
    /// The largest answer to a keyed request that is kept; whether the request of a larger one was
    /// carried out is all that is known of it later.
    static let keyedAnswerBytesMax = 256 * 1024
    /// What 503 tells a client to wait.
    static let retryAfterSeconds = 1
}
