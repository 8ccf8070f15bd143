/// A path with named holes: `/v2/contracts/{contract_id}/members`.
public struct PathTemplate: Hashable, Sendable, ExpressibleByStringLiteral {
    /// One part between slashes.
    public enum Segment: Hashable, Sendable {
        /// Itself.
        case literal(String)
        /// Any non-empty text, known by this name.
        case parameter(String)
    }

    /// The template as written.
    public let text: String
    /// Its parts.
    public let segments: [Segment]
    /// The names of the holes, in order.
    public let parameterNames: [String]

    /// Reads a template. It begins with a slash, does not end with one, and names each hole once.
    ///
    /// A malformed template is a mistake in the program and stops it.
    public init(_ text: String) {
        precondition(text.hasPrefix("/") && !text.hasSuffix("/"), "malformed template \(text)")
        self.text = text
        self.segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map { part in
                precondition(!part.isEmpty, "an empty segment in template \(text)")
                guard part.hasPrefix("{"), part.hasSuffix("}") else {
                    return .literal(String(part))
                }
                return .parameter(String(part.dropFirst().dropLast()))
            }
        let names = self.segments.compactMap { segment in
            if case .parameter(let name) = segment { name } else { nil }
        }
        self.parameterNames = names
        precondition(Set(names).count == names.count, "a name is repeated in template \(text)")
    }

    public init(stringLiteral text: String) { self.init(text) }
}
