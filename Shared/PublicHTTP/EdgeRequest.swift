import HTTP2

/// A request as it came, whatever protocol carried it.
struct EdgeRequest: Sendable {
    /// The method as sent.
    let method: String
    /// The path with its query, as sent.
    let target: String
    /// The header fields, names in lower case.
    let fields: HTTP2Fields
    /// The body.
    let body: [UInt8]
    /// Where the connection comes from.
    let origin: RequestOrigin
    /// The path without the query.
    let path: String
    /// The query without its question mark; empty when there is none.
    let query: Substring

    init(
        method: String, target: String, fields: HTTP2Fields, body: [UInt8],
        origin: RequestOrigin = .unknown
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.origin = origin
        (self.path, self.query) = Self.parts(of: target)
    }

    /// The path and the query of a target.
    static func parts(of target: String) -> (path: String, query: Substring) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, "") }
        return (String(target[..<mark]), target[target.utf8.index(after: mark)...])
    }
}

/// An answer as it goes, whatever protocol carries it.
struct EdgeAnswer: Sendable {
    /// The body.
    enum Body: Sendable {
        /// All of it.
        case whole([UInt8])
        /// Piece by piece.
        case pulled(PulledBody)
    }

    /// The status.
    var status: Int
    /// All header fields but those of framing: `content-length` is there for whole bodies.
    var fields: HTTP2Fields
    /// The body; for HEAD it is empty whatever `content-length` says.
    var body: Body
}
