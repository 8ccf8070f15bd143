/// What a type with a name looks like in CBOR.
@Message
public struct CBORTypeShape: Codable, Hashable, Sendable {
    /// The type's name in Swift without its module, for example `Authorize.Reply`.
    public var name: String
    /// What its values are.
    public var body: Body

    /// Makes a description of a type.
    public init(name: String, body: Body) {
        self.name = name
        self.body = body
    }

    enum CodingKeys: Int, CodingKey {
        case name = 1
        case body = 2
    }

    /// What the values of a type are.
    @Message
    public enum Body: Codable, Hashable, Sendable {
        /// Maps with one entry a field; unknown keys are ignored.
        case record([Field])
        /// Maps with one entry, whose key names the case and whose value is a map of its fields.
        case choice([Case])
        /// One of these texts.
        case words([String])
        /// One of these numbers.
        case numbers([Number])
        /// A plain value with a meaning, such as an identifier; `pattern` is a regular expression
        /// that a text must match as a whole, or empty.
        case alias(CBORShape, pattern: String)
    }

    /// A field of a record or of a case.
    @Message
    public struct Field: Codable, Hashable, Sendable {
        /// What stands in the map.
        public var key: CBORKeyShape
        /// The name of the property or label.
        public var name: String
        /// What the value is.
        public var shape: CBORShape
        /// Whether the entry may be left out, or be null.
        public var isOptional: Bool

        /// Makes a description of a field.
        public init(key: CBORKeyShape, name: String, shape: CBORShape, isOptional: Bool = false) {
            self.key = key
            self.name = name
            self.shape = shape
            self.isOptional = isOptional
        }

        enum CodingKeys: Int, CodingKey {
            case key = 1
            case name = 2
            case shape = 3
            case isOptional = 4
        }
    }

    /// One of the values that a choice is between.
    @Message
    public struct Case: Codable, Hashable, Sendable {
        /// The key that stands for the case.
        public var name: String
        /// What comes with it.
        public var fields: [Field]

        /// Makes a description of a case.
        public init(name: String, fields: [Field] = []) {
            self.name = name
            self.fields = fields
        }

        enum CodingKeys: Int, CodingKey {
            case name = 1
            case fields = 2
        }
    }

    /// A number that stands for something.
    @Message
    public struct Number: Codable, Hashable, Sendable {
        /// What it stands for.
        public var name: String
        /// The number.
        public var value: Int

        /// Makes a description of a number.
        public init(name: String, value: Int) {
            self.name = name
            self.value = value
        }

        enum CodingKeys: Int, CodingKey {
            case name = 1
            case value = 2
        }
    }
}

/// A key of a map, as it is known when a program is compiled.
@Message
public enum CBORKeyShape: Codable, Hashable, Sendable, CustomStringConvertible {
    /// An integer.
    case integer(Int)
    /// A text.
    case text(String)

    /// The number, or the text in quotes.
    public var description: String {
        switch self {
        case .integer(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        }
    }
}
