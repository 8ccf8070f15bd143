package import CBOR
package import JSONAPI
package import RPC

/// A service, or one of its methods, described for a person or a program.
package struct ServicePage: Sendable {
    private let methods: [RPCMethodShape]
    private let shapes: MessageShapes

    /// Describes these methods with the types they use.
    package init(_ methods: [RPCMethodShape], types: [CBORTypeShape]) {
        self.methods = methods
        self.shapes = MessageShapes(types)
    }

    // MARK: For a person

    /// The description as lines of text.
    package var lines: [String] {
        var lines: [String] = []
        for shape in self.methods {
            lines +=
                TextTable([
                    ["\(shape.method.service)/\(shape.method.name)", Self.manner(of: shape.method)]
                ]).lines
            lines += TextTable(self.messages(of: shape).map { ["", $0.role, "\($0.shape)"] }).lines
            if let example = self.example(of: shape) { lines += ["  example  \(example.text)"] }
            lines.append("")
        }
        for type in self.types {
            lines += Self.lines(of: type)
            lines.append("")
        }
        return Array(lines.dropLast())
    }

    /// The kind and the repetition of a method.
    package static func manner(of method: RPCMethodDeclaration) -> String {
        "\(method.kind.rawValue), \(method.repetition.rawValue)"
    }

    private static func lines(of type: CBORTypeShape) -> [String] {
        switch type.body {
        case .record(let fields):
            return fields.isEmpty
                ? ["\(type.name): an object without fields"]
                : ["\(type.name): an object"] + self.table(of: fields)
        case .choice(let cases):
            var lines = ["\(type.name): an object with one of these members"]
            for option in cases {
                lines.append("  \(option.name)\(option.fields.isEmpty ? "  {}" : "")")
                lines += self.table(of: option.fields).map { "  \($0)" }
            }
            return lines
        case .words(let words): return ["\(type.name): one of \(words.joined(separator: ", "))"]
        case .numbers(let numbers):
            let names = numbers.map { "\($0.name) (\($0.value))" }
            return ["\(type.name): one of \(names.joined(separator: ", "))"]
        case .alias(let shape, let pattern):
            return ["\(type.name): \(shape)\(pattern.isEmpty ? "" : " like \(pattern)")"]
        }
    }

    private static func table(of fields: [CBORTypeShape.Field]) -> [String] {
        TextTable(
            fields.map { ["", $0.name, "\($0.shape)", $0.isOptional ? "optional" : ""] }
        ).lines
    }

    // MARK: For a program

    /// The description as one JSON object.
    package var json: JSON {
        [
            "methods": .array(self.methods.map { self.json(of: $0) }),
            "types": .array(self.types.map { Self.json(of: $0) }),
        ]
    }

    private func json(of shape: RPCMethodShape) -> JSON {
        var object = JSONObject([
            ("service", .string(shape.method.service)), ("method", .string(shape.method.name)),
            ("kind", .string(shape.method.kind.rawValue)),
            ("repetition", .string(shape.method.repetition.rawValue)),
        ])
        for message in self.messages(of: shape) {
            object[message.member] = .string("\(message.shape)")
        }
        object["example"] = self.example(of: shape)
        return .object(object)
    }

    private static func json(of type: CBORTypeShape) -> JSON {
        switch type.body {
        case .record(let fields):
            ["name": .string(type.name), "fields": self.json(of: fields)]
        case .choice(let cases):
            [
                "name": .string(type.name),
                "cases": .array(
                    cases.map {
                        ["name": .string($0.name), "fields": self.json(of: $0.fields)]
                    }),
            ]
        case .words(let words): ["name": .string(type.name), "words": .strings(words)]
        case .numbers(let numbers):
            [
                "name": .string(type.name),
                "numbers": .array(
                    numbers.map { ["name": .string($0.name), "value": .integer($0.value)] }),
            ]
        case .alias(let shape, let pattern):
            [
                "name": .string(type.name), "shape": .string("\(shape)"),
                "pattern": .string(pattern),
            ]
        }
    }

    private static func json(of fields: [CBORTypeShape.Field]) -> JSON {
        .array(
            fields.map { field in
                let key: JSON =
                    switch field.key {
                    case .integer(let number): .integer(number)
                    case .text(let text): .string(text)
                    }
                return [
                    "name": .string(field.name), "key": key, "shape": .string("\(field.shape)"),
                    "optional": .bool(field.isOptional),
                ]
            })
    }

    // MARK: Parts

    private struct Message {
        let role: String
        let member: String
        let shape: CBORShape
    }

    private func messages(of shape: RPCMethodShape) -> [Message] {
        var messages = [Message(role: "request", member: "request", shape: shape.request)]
        if let element = shape.requestElement {
            messages.append(
                Message(role: "then sent", member: "request_element", shape: element))
        }
        let isStream = shape.method.kind.answersWithStream
        messages.append(
            Message(
                role: isStream ? "replies" : "reply", member: isStream ? "reply_element" : "reply",
                shape: shape.reply))
        return messages
    }

    private var types: [CBORTypeShape] {
        self.shapes.types(within: self.methods.flatMap { self.messages(of: $0).map(\.shape) })
    }

    private func example(of shape: RPCMethodShape) -> JSON? {
        try? ExampleMessage(self.shapes).json(of: shape.request)
    }
}
