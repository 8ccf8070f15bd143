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
    var origin = RequestOrigin.unknown

    /// The path without the query.
    var path: Substring { self.target.prefix { $0 != "?" } }

    /// The query without its question mark; empty when there is none.
    var query: Substring { self.target.dropFirst(self.path.count).dropFirst() }
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
