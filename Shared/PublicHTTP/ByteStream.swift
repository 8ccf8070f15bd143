/// A body made piece by piece, as the client takes it, and ended by its maker only.
///
/// For answers too large to hold at once. A listener that drains lets it go on for its grace, so that
/// a client never takes a part for the whole.
public struct ByteStream: Sendable {
    /// What `Content-Type` says.
    public let mediaType: String
    private let next: @Sendable () async throws -> [UInt8]?

    /// Makes a body.
    ///
    /// - Parameter next: Makes the next piece, `nil` at the end; never called again before it has
    ///   returned. When it throws, the client sees the answer break off.
    public init(mediaType: String, next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.mediaType = mediaType
        self.next = next
    }

    /// Makes the next piece, as a listener does; `nil` at the end.
    public func read() async throws -> [UInt8]? { try await self.next() }
}

/// A body that is pulled, whatever it is of.
struct PulledBody: Sendable {
    /// The next piece; `nil` at the end.
    let next: @Sendable (DrainSignal) async throws -> [UInt8]?
    /// What is sent when nothing else was for a while; `nil` where the format has no such thing.
    let heartbeat: [UInt8]?

    init(_ events: ServerEvents) {
        self.next = { try await events.next(until: $0) }
        self.heartbeat = ServerEvent.heartbeat
    }

    init(_ stream: ByteStream) {
        self.next = { _ in try await stream.read() }
        self.heartbeat = nil
    }
}
