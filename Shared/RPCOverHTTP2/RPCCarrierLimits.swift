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

/// Bounds that are the same everywhere.
enum CarrierBounds {
    /// Digits of `rpc-timeout-ms`.
    static let timeoutDigitsMax = 10
    /// Bytes of an idempotency key, its quotation marks and escapes not counted.
    static let idempotencyKeyBytesMax = 255
    /// Bytes of a digest that make an entity tag.
    static let entityTagBytes = 16
    /// Request heads a client keeps, one a method.
    static let requestHeadsMax = 4096
    /// The first wait after a failed connection, and the longest.
    static let reconnectMillisecondsMin: Int64 = 10
    static let reconnectMillisecondsMax: Int64 = 1000
    /// An error answer's or an end map's CBOR.
    static let errorBytesMax = 64 * 1024
}
