public import JSONAPI

/// What answers a request.
///
/// It runs on the connection's event loop and must not block it; it may suspend. `APIErrors` and
/// `APIError` are answered as they are, `RPCErrorConvertible` by its code; anything else is 500.
public typealias PublicHandler = @Sendable (PublicRequest) async throws -> PublicResponse

/// What is wrong with what a body says, as far as that can be told of a body that has other faults.
///
/// Asked when the shape is wrong or the handler blames the body, so that all problems are told at
/// once: `request.json` need not keep the schema. What it throws adds no problem, so whoever may not
/// know of something is not told of it.
public typealias PublicBodyCheck = @Sendable (PublicRequest) async throws -> [APIError]

/// Operations and what answers them, before they are put behind a listener.
public struct PublicRoutes: Sendable {
    /// One operation and what answers it.
    struct Entry: Sendable {
        let route: Route
        let meaning: PublicBodyCheck?
        let handler: PublicHandler
    }

    private(set) var entries: [Entry] = []

    /// No operations.
    public init() {}

    /// Answers an operation.
    ///
    /// - Parameter meaning: What else is wrong with a body that has faults; `nil` when only its shape
    ///   can be wrong.
    public mutating func on(
        _ route: Route, meaning: PublicBodyCheck? = nil, _ handler: @escaping PublicHandler
    ) {
        self.entries.append(Entry(route: route, meaning: meaning, handler: handler))
    }

    /// Takes over all operations of another table.
    public mutating func add(_ other: PublicRoutes) {
        self.entries += other.entries
    }

    /// The operations in order, for their description.
    public var routes: [Route] { self.entries.map(\.route) }
}
