public import JSONAPI

/// What answers a request.
///
/// It runs on the connection's event loop and must not block it; it may suspend. `APIErrors` and
/// `APIError` are answered as they are, `RPCErrorConvertible` by its code; anything else is 500.
public typealias PublicHandler = @Sendable (PublicRequest) async throws -> PublicResponse

/// Operations and what answers them, before they are put behind a listener.
public struct PublicRoutes: Sendable {
    /// One operation and what answers it.
    struct Entry: Sendable {
        let route: Route
        let handler: PublicHandler
    }

    private(set) var entries: [Entry] = []

    /// No operations.
    public init() {}

    /// Answers an operation.
    public mutating func on(_ route: Route, _ handler: @escaping PublicHandler) {
        self.entries.append(Entry(route: route, handler: handler))
    }

    /// Takes over all operations of another table.
    public mutating func add(_ other: PublicRoutes) {
        self.entries += other.entries
    }

    /// The operations in order, for their description.
    public var routes: [Route] { self.entries.map(\.route) }
}
