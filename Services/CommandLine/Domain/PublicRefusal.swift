package import JSONAPI

/// An answer of the public API that is an error, as it is told to a person.
package struct PublicRefusal: Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    package let status: Int
    private let document: JSON

    /// Takes the answer.
    package init(status: Int, document: JSON) {
        self.status = status
        self.document = document
    }

    /// A line an error: status, code, what it says, and where the fault is.
    package var description: String {
        let errors = self.document["errors"]?.array ?? []
        guard !errors.isEmpty else { return "\(self.status)" }
        return errors.map { error in
            let source = error["source"]
            let place =
                source?["pointer"]?.string ?? source?["parameter"]?.string
                ?? source?["header"]?.string
            let code = error["code"]?.string ?? ""
            let detail = error["detail"]?.string ?? ""
            return "\(self.status) \(code): \(detail)" + (place.map { " (\($0))" } ?? "")
        }.joined(separator: "\n")
    }
}

/// The query of a request.
package enum PublicQuery {
    /// `?name=value&…`, everything but letters, digits and `-._~` percent-encoded; empty without
    /// parameters.
    package static func text(_ parameters: [(String, String)]) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?"
            + parameters.map { "\(self.encode($0.0))=\(self.encode($0.1))" }
            .joined(separator: "&")
    }

    /// A text as one segment of a path or part of a query (RFC 3986 section 2.3).
    package static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default:
                "%" + String(byte >> 4, radix: 16, uppercase: true)
                    + String(byte & 15, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
