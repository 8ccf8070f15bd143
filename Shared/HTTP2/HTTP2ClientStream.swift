/// A whole response.
public struct HTTP2ClientResponse: Sendable, Hashable {
    /// The status.
    public var status: Int
    /// The header fields.
    public var fields: HTTP2Fields
    /// The body.
    public var body: [UInt8]
}

/// A response whose body is pulled piece by piece.
///
/// What is not pulled stays unacknowledged, so a slow reader slows the server down. Letting go of
/// the stream before its end resets it.
public final class HTTP2ClientStream: Sendable {
    /// The status.
    public let status: Int
    /// The header fields.
    public let fields: HTTP2Fields
    private let pieces: PieceQueue
    private let call: ClientCall
    private let connection: HTTP2ClientConnection

    init(
        status: Int, fields: HTTP2Fields, pieces: PieceQueue, call: ClientCall,
        connection: HTTP2ClientConnection
    ) {
        self.status = status
        self.fields = fields
        self.pieces = pieces
        self.call = call
        self.connection = connection
    }

    deinit {
        self.connection.abandon(self.call)
    }

    /// The next piece of the body, of the sizes it happened to arrive in, or `nil` at its end.
    ///
    /// One task at a time may pull.
    ///
    /// - Throws: ``HTTP2ClientError`` when the body is cut short, `CancellationError` when the task
    ///   is cancelled, which resets the stream.
    public func next() async throws -> [UInt8]? {
        while true {
            let pulled = try await withTaskCancellationHandler {
                try await self.pieces.pull()
            } onCancel: {
                self.pieces.finish(CancellationError())
                self.connection.abandon(self.call)
            }
            guard let pulled else { return nil }
            guard !pulled.piece.isEmpty else { continue }
            if pulled.wasWaiting { self.connection.consume(pulled.piece.count, of: self.call) }
            return pulled.piece
        }
    }
}
