import Testing

@Suite("What @Message writes")
struct ExpansionTests {
    @Test("a record with numbers for keys, in their ascending order")
    func numbers() {
        let source = """
            public struct Note: Codable {
                public static let limit = 3
                public var text: String
                public var author: User.ID?
                var size: Int { self.text.count }

                enum CodingKeys: Int, CodingKey {
                    case text = 2
                    case author = 1
                }
            }
            """
        expectExpansion(
            "@Message\n" + source,
            source + "\n\n" + """
                extension Note: CBORMessage {
                    public func encode(into writer: inout CBORWriter) throws {
                        var count = 1
                        if self.`author` != nil { count += 1 }
                        try writer.beginMap(count)
                        if let value = self.`author` {
                            writer.int(1)
                            try value.encode(into: &writer)
                        }
                        writer.int(2)
                        try self.`text`.encode(into: &writer)
                        writer.endMap()
                    }

                    public init(from reader: inout CBORReader) throws {
                        var authorField: MessageTypes.`author`?
                        var textField: MessageTypes.`text`?
                        var map = try reader.mapHead()
                        while let key = try reader.number(in: &map) {
                            switch key {
                            case 1: authorField = try reader.skipNull() ? nil : try MessageTypes.`author`(from: &reader)
                            case 2: textField = try MessageTypes.`text`(from: &reader)
                            default: try reader.skip()
                            }
                        }
                        self.`author` = authorField
                        self.`text` = try reader.required(textField, "text", in: map)
                    }

                    public static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
                        book.named("Note", Self.self) { book in
                            .record([
                                .init(key: .integer(1), name: "author", shape: MessageTypes.`author`.cborShape(in: &book), isOptional: true),
                                .init(key: .integer(2), name: "text", shape: MessageTypes.`text`.cborShape(in: &book)),
                            ])
                        }
                    }
                }
                """)
    }

    @Test("a choice, with labels where the cases have them")
    func choice() {
        let source = """
            enum Answer: Codable {
                case no
                case yes(by: String, Int?)
            }
            """
        expectExpansion(
            "@Message\n" + source,
            source + "\n\n" + """
                extension Answer: CBORMessage {
                    func encode(into writer: inout CBORWriter) throws {
                        switch self {
                        case .`no`:
                            try writer.beginMap(1)
                            writer.string(literal: "no")
                            try writer.beginMap(0)
                            writer.endMap()
                            writer.endMap()
                        case .`yes`(let byField, let _1Field):
                            try writer.beginMap(1)
                            writer.string(literal: "yes")
                            var count = 1
                            if _1Field != nil { count += 1 }
                            try writer.beginMap(count)
                            if let value = _1Field {
                                writer.string(literal: "_1")
                                try value.encode(into: &writer)
                            }
                            writer.string(literal: "by")
                            try byField.encode(into: &writer)
                            writer.endMap()
                            writer.endMap()
                        }
                    }

                    init(from reader: inout CBORReader) throws {
                        var choice: Self?
                        var map = try reader.mapHead()
                        while let key = try reader.key(in: &map) {
                            if key.isText("no") {
                                if choice != nil { throw reader.secondChoice(in: map) }
                                try reader.emptyMap()
                                choice = .`no`
                            } else if key.isText("yes") {
                                if choice != nil { throw reader.secondChoice(in: map) }
                                var byField: MessageTypes.`yes_by`?
                                var _1Field: MessageTypes.`yes__1`?
                                var fields = try reader.mapHead()
                                while let key = try reader.key(in: &fields) {
                                    if key.isText("by") {
                                        byField = try MessageTypes.`yes_by`(from: &reader)
                                    } else if key.isText("_1") {
                                        _1Field = try reader.skipNull() ? nil : try MessageTypes.`yes__1`(from: &reader)
                                    } else {
                                        try reader.skip()
                                    }
                                }
                                choice = .`yes`(by: try reader.required(byField, "by", in: fields), _1Field)
                            } else {
                                try reader.skip()
                            }
                        }
                        self = try reader.chosen(choice, in: map)
                    }

                    static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
                        book.named("Answer", Self.self) { book in
                            .choice([
                                .init(name: "no"),
                                .init(name: "yes", fields: [.init(key: .text("by"), name: "by", shape: MessageTypes.`yes_by`.cborShape(in: &book)), .init(key: .text("_1"), name: "_1", shape: MessageTypes.`yes__1`.cborShape(in: &book), isOptional: true),]),
                            ])
                        }
                    }
                }
                """)
    }

    @Test("words and numbers")
    func rawValues() {
        let words = """
            package enum Word: String, Codable {
                case plain, other = "an_other"
            }
            """
        expectExpansion(
            "@Message\n" + words,
            words + "\n\n" + """
                extension Word: CBORMessage {
                    package func encode(into writer: inout CBORWriter) throws {
                        switch self {
                        case .`plain`: writer.string(literal: "plain")
                        case .`other`: writer.string(literal: "an_other")
                        }
                    }

                    package init(from reader: inout CBORReader) throws {
                        let text = try reader.text()
                        if text.isText("plain") {
                            self = .`plain`
                        } else if text.isText("an_other") {
                            self = .`other`
                        } else {
                            throw reader.unknown(text, Self.self)
                        }
                    }

                    package static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
                        book.named("Word", Self.self) { _ in
                            .words([
                                "plain",
                                "an_other",
                            ])
                        }
                    }
                }
                """)
    }
}
