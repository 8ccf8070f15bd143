/// Code for enums with payloads, as the compiler's `Codable` writes them: `{"case": {"label": …}}`.
enum ChoiceSource {
    static func encoding(_ cases: [MessageCase]) -> [String] {
        ["switch self {"]
            + cases.flatMap { choice in
                ["case .`\(choice.name)`\(self.binding(choice)):"]
                    + MessageSource.indented(self.encoding(choice))
            } + ["}"]
    }

    private static func binding(_ choice: MessageCase) -> String {
        choice.fields.isEmpty
            ? "" : "(" + choice.fields.map { "let \($0.name)Field" }.joined(separator: ", ") + ")"
    }

    private static func encoding(_ choice: MessageCase) -> [String] {
        let ascending = choice.fields.sorted { MessageKey.isBefore($0.key, $1.key) }
        return ["try writer.beginMap(1)", "writer.string(literal: \(choice.name.literal))"]
            + RecordSource.encoding(ascending) { "\($0.name)Field" } + ["writer.endMap()"]
    }

    /// Reads a map that has exactly one key which names a case; others are ignored.
    static func decoding(_ cases: [MessageCase]) -> [String] {
        let readings = cases.map { choice in
            (choice.name.literal, self.decoding(choice))
        }
        return [
            "var choice: Self?",
            "var map = try reader.mapHead()",
            "while let key = try reader.key(in: &map) {",
        ]
            + MessageSource.indented(
                self.chain(readings, of: "key", otherwise: "try reader.skip()"))
            + ["}", "self = try reader.chosen(choice, in: map)"]
    }

    private static func decoding(_ choice: MessageCase) -> [String] {
        let values = choice.fields.map { field in
            let result = RecordSource.result(field, map: "fields")
            return field.name.hasPrefix("_") ? result : "\(self.label(field.name)): \(result)"
        }
        let payload = values.isEmpty ? "" : "(" + values.joined(separator: ", ") + ")"
        return ["if choice != nil { throw reader.secondChoice(in: map) }"]
            + RecordSource.reading(choice.fields, map: "fields")
            + ["choice = .`\(choice.name)`\(payload)"]
    }

    /// A label in a call, where nearly every word may stand as it is.
    private static func label(_ name: String) -> String {
        ["inout", "var", "let"].contains(name) ? "`\(name)`" : name
    }

    /// A chain of comparisons of a text with literals.
    static func chain(
        _ branches: [(literal: String, body: [String])], of text: String, otherwise: String
    ) -> [String] {
        var lines: [String] = []
        for (literal, body) in branches {
            lines.append("\(lines.isEmpty ? "" : "} else ")if \(text).isText(\(literal)) {")
            lines += MessageSource.indented(body)
        }
        return lines + ["} else {", "    \(otherwise)", "}"]
    }

    static func shape(_ choice: MessageCase) -> String {
        choice.fields.isEmpty
            ? ".init(name: \(choice.name.literal)),"
            : ".init(name: \(choice.name.literal), fields: ["
                + choice.fields.map { RecordSource.shape($0) }.joined(separator: " ") + "]),"
    }
}
