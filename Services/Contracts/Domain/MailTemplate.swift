/// The words of an e-mail, with `{{name}}` where something is put in.
package struct MailTemplate: Hashable, Sendable {
    /// One line.
    package var subject: String
    /// The plain text.
    package var text: String
    /// The same for those who read HTML; what is put in is escaped.
    package var html: String

    /// Makes a template.
    package init(subject: String, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }

    /// What is wrong with the parts for a kind of e-mail, by part; empty when nothing is.
    package func faults(as kind: MailKind) -> [(part: String, detail: String)] {
        [("subject", self.subject), ("text", self.text), ("html", self.html)].flatMap {
            part, text in
            Self.names(in: text).filter { !kind.variables.contains($0) }.map { name in
                let known = kind.variables.map { "{{\($0)}}" }.joined(separator: ", ")
                return (part, "names \"{{\(name)}}\"; there are \(known).")
            }
        }
    }

    /// The e-mail with everything put in; a name without a value becomes nothing.
    package func filled(_ values: [String: String]) -> MailTemplate {
        MailTemplate(
            subject: Self.fill(self.subject, values) { $0 },
            text: Self.fill(self.text, values) { $0 },
            html: Self.fill(self.html, values, Self.escapeHTML))
    }

    /// The names in a text, each `{{name}}` once as it comes.
    private static func names(in text: String) -> [String] {
        self.pieces(of: text).compactMap { $0.name }
    }

    private static func fill(
        _ text: String, _ values: [String: String], _ escape: (String) -> String
    ) -> String {
        self.pieces(of: text).map { piece in
            piece.name.map { escape(values[$0] ?? "") } ?? piece.words
        }.joined()
    }

    /// A text in order: words as they are, or a name. Braces that are never closed are words.
    private static func pieces(of text: String) -> [(words: String, name: String?)] {
        var pieces: [(words: String, name: String?)] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"),
            let close = rest[open.upperBound...].firstRange(of: "}}")
        {
            pieces.append((String(rest[..<open.lowerBound]), nil))
            let name = rest[open.upperBound..<close.lowerBound]
            pieces.append(("", String(name)))
            rest = rest[close.upperBound...]
        }
        pieces.append((String(rest), nil))
        return pieces
    }

    /// A text that HTML shows as it is, in text and in attributes.
    private static func escapeHTML(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(character)
            }
        }.joined()
    }
}
