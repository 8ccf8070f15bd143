/// Code for the entries of a map whose keys are known.
enum RecordSource {
    /// Writes a map; `value` gives the expression that a field's value is read from.
    ///
    /// The fields come in ascending order of their keys, which is the order they are written in.
    static func encoding(
        _ fields: [MessageField], value: (MessageField) -> String
    ) -> [String] {
        let optional = fields.filter(\.isOptional)
        var lines: [String] = []
        var count = "\(fields.count - optional.count)"
        if !optional.isEmpty {
            lines.append("var count = \(count)")
            lines += optional.map { "if \(value($0)) != nil { count += 1 }" }
            count = "count"
        }
        lines.append("try writer.beginMap(\(count))")
        for field in fields {
            if field.isOptional {
                lines += [
                    "if let value = \(value(field)) {",
                    "    \(self.write(field.key))",
                    "    try value.encode(into: &writer)",
                    "}",
                ]
            } else {
                lines += [self.write(field.key), "try \(value(field)).encode(into: &writer)"]
            }
        }
        return lines + ["writer.endMap()"]
    }

    private static func write(_ key: MessageKey) -> String {
        switch key {
        case .integer(let number): "writer.int(\(number))"
        case .text(let text): "writer.string(literal: \(text.literal))"
        }
    }

    /// Reads a map into the properties of `self`.
    static func decoding(_ fields: [MessageField]) -> [String] {
        self.reading(fields, map: "map")
            + fields.map { "self.`\($0.name)` = \(self.result($0, map: "map"))" }
    }

    /// Reads a map into variables.
    static func reading(_ fields: [MessageField], map: String) -> [String] {
        if fields.isEmpty { return ["try reader.emptyMap()"] }
        var lines = fields.map { "var \($0.name)Field: \(self.type($0))?" }
        lines.append("var \(map) = try reader.mapHead()")
        let readings = fields.map { field in
            let read = "try \(self.type(field))(from: &reader)"
            let value = field.isOptional ? "try reader.skipNull() ? nil : \(read)" : read
            return (field.key, "\(field.name)Field = \(value)")
        }
        let numbered = readings.compactMap { key, read -> (Int, String)? in
            if case .integer(let number) = key { (number, read) } else { nil }
        }
        if !numbered.isEmpty {
            // Keys are all numbers or all text.
            return lines
                + ["while let key = try reader.number(in: &\(map)) {", "    switch key {"]
                + numbered.map { "    case \($0): \($1)" }
                + ["    default: try reader.skip()", "    }", "}"]
        }
        let texts = readings.compactMap { key, read -> (String, [String])? in
            if case .text(let text) = key { (text.literal, [read]) } else { nil }
        }
        return lines + ["while let key = try reader.key(in: &\(map)) {"]
            + MessageSource.indented(
                ChoiceSource.chain(texts, of: "key", otherwise: "try reader.skip()"))
            + ["}"]
    }

    /// The type of a field as the extension names it.
    private static func type(_ field: MessageField) -> String {
        "\(MessageSource.typesName).`\(field.alias)`"
    }

    /// What a field's variable holds once the map has been read.
    static func result(_ field: MessageField, map: String) -> String {
        field.isOptional
            ? "\(field.name)Field"
            : "try reader.required(\(field.name)Field, \(field.name.literal), in: \(map))"
    }

    /// The description of a field.
    static func shape(_ field: MessageField) -> String {
        let key =
            switch field.key {
            case .integer(let number): ".integer(\(number))"
            case .text(let text): ".text(\(text.literal))"
            }
        let optional = field.isOptional ? ", isOptional: true" : ""
        return ".init(key: \(key), name: \(field.name.literal), "
            + "shape: \(self.type(field)).cborShape(in: &book)\(optional)),"
    }

    static func list(_ name: String, _ elements: [String]) -> [String] {
        elements.isEmpty
            ? ["\(name)([])"] : ["\(name)(["] + MessageSource.indented(elements) + ["])"]
    }
}

extension String {
    /// The text as a literal in Swift.
    var literal: String { self.debugDescription }
}
