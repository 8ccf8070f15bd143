/// The text of the extension that makes a type a `CBORMessage`.
struct MessageSource {
    /// The type's name, with the names of the types it is nested in.
    let type: String
    let shape: MessageShape
    /// `public ` or `package `, or empty.
    let access: String
    /// Whether the conformance is to be declared; it is not where the type has it already.
    let conforms: Bool

    /// The name of the enum that names the types of the fields.
    static let typesName = "MessageTypes"

    /// Names for the types of the fields, to stand in the type itself; `nil` when it has no fields.
    ///
    /// An extension of a nested type does not see what its declaration sees around it.
    static func types(of shape: MessageShape) -> String? {
        if shape.fields.isEmpty { return nil }
        let aliases = shape.fields.map { "typealias `\($0.alias)` = \($0.type)" }
        return (["enum \(self.typesName) {"] + self.indented(aliases) + ["}"])
            .joined(separator: "\n")
    }

    /// The extension.
    var text: String {
        let clause = self.conforms ? ": CBORMessage" : ""
        return """
            extension \(self.type)\(clause) {
            \(self.function("func encode(into writer: inout CBORWriter) throws", self.encoding))

            \(self.function("init(from reader: inout CBORReader) throws", self.decoding))

            \(self.function(
                "static func cborShape(in book: inout CBORShapeBook) -> CBORShape", self.naming))
            }
            """
    }

    private func function(_ signature: String, _ body: [String]) -> String {
        Self.indented([self.access + signature + " {"] + Self.indented(body) + ["}"])
            .joined(separator: "\n")
    }

    private var encoding: [String] {
        switch self.shape {
        case .record(let fields): RecordSource.encoding(fields) { "self.`\($0.name)`" }
        case .choice(let cases): ChoiceSource.encoding(cases)
        case .words(let words):
            ["switch self {"]
                + words.map { "case .`\($0.name)`: writer.string(literal: \($0.literal))" } + ["}"]
        case .numbers: ["try self.rawValue.encode(into: &writer)"]
        }
    }

    private var decoding: [String] {
        switch self.shape {
        case .record(let fields): RecordSource.decoding(fields)
        case .choice(let cases): ChoiceSource.decoding(cases)
        case .words(let words):
            ["let text = try reader.text()"]
                + ChoiceSource.chain(
                    words.map { ($0.literal, ["self = .`\($0.name)`"]) }, of: "text",
                    otherwise: "throw reader.unknown(text, Self.self)")
        case .numbers(let type, _):
            [
                "let start = reader.position",
                "let number = try \(type).init(from: &reader)",
                "guard let value = Self(rawValue: number) else {",
                "    throw reader.unknown(number, at: start, Self.self)",
                "}",
                "self = value",
            ]
        }
    }

    /// The entry in the book of shapes.
    private var naming: [String] {
        let name = self.type.split(separator: "<").first ?? ""
        return ["book.named(\"\(name)\", Self.self) { \(self.usesBook ? "book" : "_") in"]
            + Self.indented(self.body) + ["}"]
    }

    /// Whether the description needs those of other types.
    private var usesBook: Bool {
        switch self.shape {
        case .record(let fields): !fields.isEmpty
        case .choice(let cases): cases.contains { !$0.fields.isEmpty }
        case .words, .numbers: false
        }
    }

    private var body: [String] {
        switch self.shape {
        case .record(let fields): RecordSource.list(".record", fields.map(RecordSource.shape))
        case .choice(let cases): RecordSource.list(".choice", cases.map(ChoiceSource.shape))
        case .words(let words): RecordSource.list(".words", words.map { "\($0.literal)," })
        case .numbers(_, let words):
            RecordSource.list(
                ".numbers", words.map { ".init(name: \"\($0.name)\", value: \($0.literal))," })
        }
    }

    static func indented(_ lines: [String]) -> [String] {
        lines.map { $0.isEmpty ? $0 : "    " + $0 }
    }
}
