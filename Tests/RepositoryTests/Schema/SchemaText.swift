import CBOR
import RPC

/// What reflection says of a service, written so that people can read it and programs can too.
///
/// ```
/// method Greet safe unary
///     request Greet
///     reply Greet.Reply
/// record Greet
///     1 name text
///     2 title text, optional
/// ```
enum SchemaText {
    static func text(of service: DescribeService.Reply) -> String {
        var lines: [String] = []
        for method in service.methods { lines += self.lines(of: method) }
        for type in service.types { lines += self.lines(of: type) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of shape: RPCMethodShape) -> [String] {
        let method = shape.method
        var lines = [
            "method \(method.name) \(method.repetition.rawValue) \(method.kind.rawValue)",
            "    request \(shape.request)",
        ]
        if let element = shape.requestElement { lines.append("    element \(element)") }
        lines.append("    reply \(shape.reply)")
        return lines
    }

    private static func lines(of type: CBORTypeShape) -> [String] {
        switch type.body {
        case .record(let fields): ["record \(type.name)"] + fields.map { "    \(self.line($0))" }
        case .choice(let cases):
            ["choice \(type.name)"]
                + cases.flatMap { choice in
                    ["    \(choice.name)"] + choice.fields.map { "        \(self.line($0))" }
                }
        case .words(let words): ["words \(type.name)"] + words.map { "    \($0)" }
        case .numbers(let numbers):
            ["numbers \(type.name)"] + numbers.map { "    \($0.value) \($0.name)" }
        case .alias(let shape, let pattern): ["alias \(type.name) \(shape) \(pattern)"]
        }
    }

    private static func line(_ field: CBORTypeShape.Field) -> String {
        "\(field.key) \(field.name) \(field.shape)\(field.isOptional ? ", optional" : "")"
    }
}

/// Reads what `SchemaText` wrote.
struct SchemaReader {
    /// A line that cannot be read.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private var lines: ArraySlice<(depth: Int, words: [String])>
    private let service: String

    static func read(_ text: String, service: String) throws -> DescribeService.Reply {
        var reader = SchemaReader(text, service: service)
        var reply = DescribeService.Reply(methods: [], types: [])
        while let (_, words) = reader.lines.popFirst() {
            guard words.count >= 2 else { throw Unreadable(description: "\(words)") }
            if words[0] == "method" {
                reply.methods.append(try reader.method(words))
            } else {
                reply.types.append(
                    CBORTypeShape(name: words[1], body: try reader.body(words)))
            }
        }
        return reply
    }

    private init(_ text: String, service: String) {
        self.service = service
        self.lines =
            text.split(separator: "\n").map { line in
                let depth = line.prefix { $0 == " " }.count / 4
                return (depth, line.split(separator: " ").map(String.init))
            }[...]
    }

    private mutating func method(_ words: [String]) throws -> RPCMethodShape {
        var shapes: [String: CBORShape] = [:]
        for line in self.children(depth: 1) where line.count > 1 {
            shapes[line[0]] = CBORShape(line.dropFirst().joined(separator: " "))
        }
        guard words.count == 4, let request = shapes["request"], let reply = shapes["reply"],
            let repetition = Repetition(rawValue: words[2]),
            let kind = RPCMethodDeclaration.Kind(rawValue: words[3])
        else { throw Unreadable(description: "\(words)") }
        return RPCMethodShape(
            method: RPCMethodDeclaration(
                service: self.service, name: words[1], kind: kind, repetition: repetition),
            request: request, requestElement: shapes["element"], reply: reply)
    }

    private mutating func body(_ words: [String]) throws -> CBORTypeShape.Body {
        switch words[0] {
        case "record": return .record(try self.children(depth: 1).map(self.field))
        case "words": return .words(self.children(depth: 1).compactMap(\.first))
        case "numbers":
            return .numbers(
                self.children(depth: 1).compactMap { line in
                    line.count == 2
                        ? Int(line[0]).map { .init(name: line[1], value: $0) } : nil
                })
        case "choice":
            var cases: [CBORTypeShape.Case] = []
            while let line = self.lines.first, line.depth == 1 {
                self.lines.removeFirst()
                cases.append(
                    .init(
                        name: line.words[0], fields: try self.children(depth: 2).map(self.field)))
            }
            return .choice(cases)
        case "alias":
            guard words.count >= 3, let shape = CBORShape(words[2]) else { fallthrough }
            return .alias(shape, pattern: words.dropFirst(3).joined(separator: " "))
        default: throw Unreadable(description: "\(words)")
        }
    }

    private mutating func children(depth: Int) -> [[String]] {
        var children: [[String]] = []
        while let line = self.lines.first, line.depth == depth {
            children.append(line.words)
            self.lines.removeFirst()
        }
        return children
    }

    private func field(_ words: [String]) throws -> CBORTypeShape.Field {
        let isOptional = words.last == "optional"
        var shape = words.dropFirst(2).joined(separator: " ")
        if isOptional { shape.removeLast(", optional".count) }
        guard words.count > 2, let shape = CBORShape(shape) else {
            throw Unreadable(description: "\(words)")
        }
        let key: CBORKeyShape =
            Int(words[0]).map { .integer($0) } ?? .text(String(words[0].dropFirst().dropLast()))
        return .init(key: key, name: words[1], shape: shape, isOptional: isOptional)
    }
}
