/// Any CBOR item.
///
/// For tools, reflection and conversions; a message type of one's own is faster and says more.
/// Equality is that of the items: `1` and `1.0` differ, as do `0.0` and `-0.0`; every NaN equals
/// every other.
public enum CBORValue: Sendable {
    /// An integer from zero up.
    case unsigned(UInt64)
    /// A negative integer: -1 less the number.
    case negative(UInt64)
    /// A byte string.
    case bytes([UInt8])
    /// A text string.
    case text(String)
    /// An array.
    case array([CBORValue])
    /// A map.
    case map([CBORValue: CBORValue])
    /// A tag number and the item it applies to.
    indirect case tagged(UInt64, CBORValue)
    /// `true` or `false`.
    case bool(Bool)
    /// `null`.
    case null
    /// `undefined`.
    case undefined
    /// A simple value that has no name: 0 to 19 or 32 to 255.
    case simple(UInt8)
    /// A floating-point number of any width.
    case double(Double)

    /// The item of a signed integer.
    public static func integer(_ value: some FixedWidthInteger & SignedInteger) -> CBORValue {
        let wide = Int64(value)
        return wide >= 0
            ? .unsigned(UInt64(wide)) : .negative(UInt64(bitPattern: ~wide))
    }

    /// The integer, if this is one that fits `Int64`.
    public var integerValue: Int64? {
        switch self {
        case .unsigned(let number): Int64(exactly: number)
        case .negative(let number): number <= UInt64(Int64.max) ? ~Int64(number) : nil
        default: nil
        }
    }

    /// The text, if this is a text string.
    public var textValue: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The value of a text key, if this is a map that has it.
    public subscript(key: String) -> CBORValue? {
        if case .map(let entries) = self { entries[.text(key)] } else { nil }
    }

    /// The value of an integer key, if this is a map that has it.
    public subscript(key: Int) -> CBORValue? {
        if case .map(let entries) = self { entries[.integer(key)] } else { nil }
    }
}

extension CBORValue: Hashable {
    /// Whether two items are the same.
    public static func == (left: CBORValue, right: CBORValue) -> Bool {
        switch (left, right) {
        case (.unsigned(let left), .unsigned(let right)): left == right
        case (.negative(let left), .negative(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.tagged(let left, let inner), .tagged(let right, let other)):
            left == right && inner == other
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null), (.undefined, .undefined): true
        case (.simple(let left), .simple(let right)): left == right
        case (.double(let left), .double(let right)): Self.bits(left) == Self.bits(right)
        default: false
        }
    }

    /// Feeds what `==` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .unsigned(let number), .negative(let number): hasher.combine(number)
        case .bytes(let bytes): hasher.combine(bytes)
        case .text(let text): hasher.combine(contentsOf: text.utf8)
        case .array(let elements): hasher.combine(elements)
        case .map(let entries): hasher.combine(entries)
        case .tagged(let number, let item):
            hasher.combine(number)
            hasher.combine(item)
        case .bool(let value): hasher.combine(value)
        case .null: hasher.combine(0)
        case .undefined: hasher.combine(1)
        case .simple(let number): hasher.combine(number)
        case .double(let number): hasher.combine(Self.bits(number))
        }
    }

    private static func bits(_ number: Double) -> UInt64 {
        number.isNaN ? Double.nan.bitPattern : number.bitPattern
    }
}

extension Hasher {
    /// Texts that Unicode holds equivalent are still different items, so their bytes count.
    fileprivate mutating func combine(contentsOf utf8: String.UTF8View) {
        for byte in utf8 { self.combine(byte) }
    }
}

extension CBORValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A text string.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A Boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: CBORValue...) { self = .array(elements) }
    /// A map; the last of equal keys counts.
    public init(dictionaryLiteral elements: (CBORValue, CBORValue)...) {
        self = .map(Dictionary(elements) { $1 })
    }
}
