/// A JSON value (RFC 8259).
///
/// Whole numbers that fit 64 bits stay exact; all others are doubles. Equality is that of the
/// values *and* of the order of members, as documents are compared byte by byte in tests.
public enum JSON: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number written without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number. Values that are not finite are written as `null`.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSON])
    /// Named members in order.
    case object(JSONObject)
}

extension JSON {
    /// The text, if this is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The whole number, if this is one; doubles are not rounded.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number as a double, whole or not, if this is one.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The list, if this is one.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, if this is one.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The member of that name; `nil` when there is none or this is not an object.
    public subscript(name: String) -> JSON? { self.object?[name] }

    /// What the value is, for messages: `a string`, `an object`, …
    public var kindText: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSON: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .number(value) }
}

extension JSON: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// Makes an object; of two members with one name the later counts.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }
}

extension JSON {
    /// The text, or `null` for `nil`.
    public static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The number, or `null` for `nil`.
    public static func optional(_ number: Int64?) -> JSON { number.map(JSON.integer) ?? .null }

    /// A list of texts.
    public static func strings(_ texts: some Sequence<String>) -> JSON {
        .array(texts.map(JSON.string))
    }

    /// A whole number.
    public static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }
}
