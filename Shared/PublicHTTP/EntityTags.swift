/// The entity tags an `If-Match` or `If-None-Match` header names (RFC 9110, section 8.8.3).
struct EntityTags {
    private let isAny: Bool
    private let tags: [(text: Substring, isWeak: Bool)]

    init(_ header: String) {
        let parts = header.split(separator: ",").map { $0.trimmingSpaces() }
        self.isAny = parts == ["*"]
        self.tags = parts.compactMap { part in
            let isWeak = part.hasPrefix("W/")
            let quoted = isWeak ? part.dropFirst(2) : part
            guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { return nil }
            return (quoted.dropFirst().dropLast(), isWeak)
        }
    }

    /// For changes: the tag itself, weak ones never match.
    func matchStrongly(_ tag: String) -> Bool {
        self.isAny || self.tags.contains { $0.text == tag && !$0.isWeak }
    }

    /// For reads: the tag, weak or not.
    func matchWeakly(_ tag: String) -> Bool {
        self.isAny || self.tags.contains { $0.text == tag }
    }
}

extension Substring {
    /// The text without spaces and tabs at its ends.
    func trimmingSpaces() -> Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
