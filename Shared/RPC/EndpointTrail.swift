import Synchronization

/// One of the places where a carrier finds a service; the carrier gives it its meaning.
public struct EndpointID: Hashable, Sendable {
    /// The number that the carrier gave it.
    public let number: Int

    /// Makes an id.
    public init(_ number: Int) { self.number = number }
}

/// The endpoints that the attempts at one call went to.
///
/// It exists only for calls that are repeated or hedged; a carrier that has a choice notes each
/// endpoint it takes, and passes over those already noted while others are left.
public final class EndpointTrail: Sendable {
    private let endpoints = Mutex<[EndpointID]>([])

    /// Makes an empty trail.
    public init() {}

    /// The endpoints noted so far, oldest first; at most one an attempt.
    public var noted: [EndpointID] { self.endpoints.withLock { $0 } }

    /// Notes an endpoint.
    public func note(_ endpoint: EndpointID) {
        self.endpoints.withLock { endpoints in
            if !endpoints.contains(endpoint) { endpoints.append(endpoint) }
        }
    }
}
