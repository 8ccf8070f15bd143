/// What carrying RPC allows, beyond what the HTTP/2 connection does.
public struct RPCCarrierLimits: Hashable, Sendable {
    /// Silence on a streamed answer before a heartbeat is sent.
    public var heartbeatSeconds = 15
    /// One message of a streamed answer.
    public var streamMessageBytesMax = 1024 * 1024
    /// The base64url text of a GET's message.
    public var getMessageBytesMax = 4 * 1024
    /// What an overloaded listener asks callers to wait.
    public var overloadPushbackMilliseconds = 100

    /// The default limits.
    public init() {}
}

/// What a peer's pool of endpoints allows.
public struct RPCPoolLimits: Hashable, Sendable {
    /// Endpoints kept; a resolver's further ones are ignored.
    public var endpointsMax = 64
    /// From one resolution to the next, while all is well.
    public var resolveSeconds = 30
    /// From one resolution to the next, when endpoints fail or resolving does.
    public var resolveSecondsMin = 1
    /// How long calls wait for the only endpoint to come back, once its connection is lost; after
    /// that they fail at once as long as connecting fails.
    public var reconnectMillisecondsMax = 2_000
    /// When endpoints that fail are passed over.
    public var ejection = EjectionLimits()

    /// The default limits.
    public init() {}
}

/// When an endpoint whose calls fail is passed over, and for how long (after gRPC proposal A50).
public struct EjectionLimits: Hashable, Sendable {
    /// Failures one after another that eject an endpoint; 0 for never.
    public var consecutiveFailures = 5
    /// How often the counts of all endpoints are compared.
    public var intervalSeconds = 10
    /// The first time an endpoint is ejected; each further time is longer by as much.
    public var baseSeconds = 30
    /// The longest an endpoint is ejected.
    public var secondsMax = 300
    /// Endpoints in 100 that may be ejected at a time; one always may, the last one never.
    public var percentMax = 50
    /// Calls of an interval below which an endpoint is not compared.
    public var callsMin = 50
    /// Endpoints with so many calls below which nothing is compared.
    public var endpointsMin = 3
    /// How far below the mean a success rate may lie, in thousandths of the standard deviation.
    public var deviationThousandths = 1_900
    /// Failures in 100 calls above which an endpoint is ejected, whatever the others do.
    public var failurePercentMax = 85

    /// The default limits.
    public init() {}
}

/// Bounds that are the same everywhere.
enum CarrierBounds {
    /// Digits of `rpc-timeout-ms`.
    static let timeoutDigitsMax = 10
    /// The longest timeout that can be said: as many nines.
    static let timeoutMillisecondsMax: Int64 = 9_999_999_999
    /// Bytes of an idempotency key, its quotation marks and escapes not counted.
    static let idempotencyKeyBytesMax = 255
    /// Bytes of a digest that make an entity tag.
    static let entityTagBytes = 16
    /// Request heads a client keeps, one a method.
    static let requestHeadsMax = 4096
    /// The first wait after a failed connection, and the longest.
    static let reconnectMillisecondsMin: Int64 = 10
    static let reconnectMillisecondsMax: Int64 = 1000
    /// How often a pool looks after its endpoints.
    static let upkeepSeconds = 1
    /// Endpoints that a call without any connection tries to connect to at once.
    static let connectsMax = 4
    /// An error answer's or an end map's CBOR.
    static let errorBytesMax = 64 * 1024
}
