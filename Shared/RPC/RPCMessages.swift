/// Encoded elements of a stream, pulled one at a time.
///
/// Nothing is buffered beyond what the carrier's flow control allows: a slow reader slows the
/// writer. It can be iterated once. An answer's ends normally only after the peer's end marker.
public struct RPCMessages: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    /// What the peer said before the first element.
    public var leading: RPCMetadata
    private let pull: @Sendable () async throws -> [UInt8]?
    private let trail: (@Sendable () -> RPCMetadata)?
    private var held: (any AnyObject & Sendable)?

    /// Makes a sequence.
    ///
    /// - Parameters:
    ///   - leading: metadata that precedes the elements.
    ///   - trailing: asked for the metadata that follows them, once `pull` has given `nil`.
    ///   - pull: gives the next element, or `nil` at the end.
    public init(
        leading: RPCMetadata = RPCMetadata(), trailing: (@Sendable () -> RPCMetadata)? = nil,
        pull: @escaping @Sendable () async throws -> [UInt8]?
    ) {
        self.leading = leading
        self.trail = trailing
        self.pull = pull
    }

    /// Makes a sequence of the elements of another.
    init(
        leading: RPCMetadata, trailing: @escaping @Sendable () -> RPCMetadata,
        pulling other: RPCMessages
    ) {
        self.init(leading: leading, trailing: trailing, pull: other.pull)
    }

    /// What the peer said after the last element; empty before the end.
    public var trailing: RPCMetadata { self.trail?() ?? RPCMetadata() }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pull: self.pull, held: self.held)
    }

    /// Pulls elements.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pull: @Sendable () async throws -> [UInt8]?
        let held: (any AnyObject & Sendable)?

        public mutating func next() async throws -> [UInt8]? { try await self.pull() }
    }

    /// The same elements, each pulled by way of `body`.
    public func pulled(
        by body:
            @escaping @Sendable (@escaping @Sendable () async throws -> [UInt8]?) async throws ->
            [UInt8]?
    ) -> RPCMessages {
        let pull = self.pull
        var messages = RPCMessages(leading: self.leading, trailing: self.trail) {
            try await body(pull)
        }
        messages.held = self.held
        return messages
    }

    /// The same elements; `object` lives as long as somebody may ask for one.
    func holding(_ object: some AnyObject & Sendable) -> RPCMessages {
        var messages = self
        messages.held = object
        return messages
    }
}
