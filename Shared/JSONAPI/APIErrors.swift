/// All the problems of one request: `{"errors": […], "meta": {}}`.
public struct APIErrors: Error, Hashable, Sendable {
    /// The problems, never empty.
    public let errors: [APIError]

    /// Makes the problem a request has.
    public init(_ error: APIError) { self.errors = [error] }

    /// Makes the problems a request has; `nil` when there are none.
    public init?(_ errors: [APIError]) {
        if errors.isEmpty { return nil }
        self.errors = errors
    }

    /// The answer's status: that of the problems when they agree, else the first digit's `00`.
    public var status: Int {
        let first = self.errors.first?.status ?? 500
        if self.errors.allSatisfy({ $0.status == first }) { return first }
        return self.errors.contains { $0.status >= 500 } ? 500 : 400
    }

    /// The longest wait any of the problems asks for.
    public var retryAfterSeconds: Int? { self.errors.compactMap(\.retryAfterSeconds).max() }

    /// The document as JSON.
    public var json: JSON {
        ["errors": .array(self.errors.map(\.json)), "meta": [:]]
    }
}
