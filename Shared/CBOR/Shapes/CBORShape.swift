/// What a value looks like in CBOR, as reflection tells it.
///
/// Written out, a shape is `bool`, `int64`, `uint8`, `float64`, `text`, `bytes`, `any`, an array
/// `[text]`, a map `{text: int64}`, any of them with a `?` for one that may be null, or the name of
/// a type that the same description explains.
@Message
public indirect enum CBORShape: Codable, Hashable, Sendable {
    /// `true` or `false`.
    case bool
    /// A whole number that a signed integer of so many bits holds.
    case integer(bits: Int)
    /// A whole number from zero that an unsigned integer of so many bits holds.
    case unsigned(bits: Int)
    /// A floating-point number of at most so many bits; a whole number will do.
    case float(bits: Int)
    /// A text string.
    case text
    /// A byte string.
    case bytes
    /// Any item.
    case any
    /// An array of one kind of element.
    case array(CBORShape)
    /// A map of one kind of key, text or integers, and one kind of value.
    case map(key: CBORShape, value: CBORShape)
    /// A value or null.
    case optional(CBORShape)
    /// A type with a name; the `CBORShapeBook` it was made with explains it.
    case named(String)
}

extension CBORShape: LosslessStringConvertible {
    /// The shape as it is written out.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .integer(let bits): "int\(bits)"
        case .unsigned(let bits): "uint\(bits)"
        case .float(let bits): "float\(bits)"
        case .text: "text"
        case .bytes: "bytes"
        case .any: "any"
        case .array(let element): "[\(element)]"
        case .map(let key, let value): "{\(key): \(value)}"
        case .optional(let wrapped): "\(wrapped)?"
        case .named(let name): name
        }
    }

    /// Reads a shape that was written out; `nil` when the text is none.
    public init?(_ description: String) {
        var rest = description[...]
        guard let shape = Self.read(&rest), rest.isEmpty else { return nil }
        self = shape
    }

    private static func read(_ rest: inout Substring) -> CBORShape? {
        guard var shape = self.readPlain(&rest) else { return nil }
        while rest.first == "?" {
            rest.removeFirst()
            shape = .optional(shape)
        }
        return shape
    }

    private static func readPlain(_ rest: inout Substring) -> CBORShape? {
        switch rest.first {
        case "[":
            rest.removeFirst()
            guard let element = self.read(&rest), rest.popFirst() == "]" else { return nil }
            return .array(element)
        case "{":
            rest.removeFirst()
            guard let key = self.read(&rest), rest.hasPrefix(": ") else { return nil }
            rest.removeFirst(2)
            guard let value = self.read(&rest), rest.popFirst() == "}" else { return nil }
            return .map(key: key, value: value)
        default:
            let word = rest.prefix { !"[]{}:? ".contains($0) }
            rest = rest[word.endIndex...]
            return word.isEmpty ? nil : self.words[String(word)] ?? .named(String(word))
        }
    }

    /// The shapes that one word stands for.
    private static let words: [String: CBORShape] = {
        var shapes: [CBORShape] = [.bool, .float(bits: 32), .float(bits: 64), .text, .bytes, .any]
        for bits in [8, 16, 32, 64] {
            shapes += [.integer(bits: bits), .unsigned(bits: bits)]
        }
        return Dictionary(uniqueKeysWithValues: shapes.map { ($0.description, $0) })
    }()
}
