/// How values of a type are coded.
enum ValueKind: UInt8 {
    /// Through its `Codable` conformance.
    case codable
    /// `String`.
    case text
    /// `[UInt8]`: a byte string.
    case bytes
    /// `Int`.
    case int
    /// `Double`.
    case double
    /// `Bool`.
    case bool
    /// Through `CBORCodable`.
    case direct
    /// An array.
    case array
    /// A dictionary whose keys are text, even if some look like numbers.
    case textKeyed
}

/// Remembers how the types seen lately are coded, since asking the run time costs far more.
///
/// Each type has one place, which a later type may take over: the size is fixed.
struct TypeTable {
    struct Entry {
        var type: ObjectIdentifier
        var kind: ValueKind
        var direct: (any CBORCodable.Type)?
        var encodable: (any EncodableElements.Type)?
        var decodable: (any DecodableElements.Type)?
    }

    private static let places = 256
    private let entries: UnsafeMutablePointer<Entry>
    /// Whether types that code themselves do so.
    private let usesDirect: Bool

    init(usesDirect: Bool) {
        self.usesDirect = usesDirect
        self.entries = .allocate(capacity: Self.places)
        let nothing = Entry(type: ObjectIdentifier(Never.self), kind: .codable)
        self.entries.initialize(repeating: nothing, count: Self.places)
    }

    func free() {
        self.entries.deinitialize(count: Self.places)
        self.entries.deallocate()
    }

    @inline(__always)
    func entry<Value>(of type: Value.Type) -> UnsafePointer<Entry> {
        let id = ObjectIdentifier(type)
        let bits = UInt(bitPattern: id)
        let place = Int(truncatingIfNeeded: (bits >> 4 ^ bits >> 12) & UInt(Self.places - 1))
        let entry = self.entries + place
        if entry.pointee.type != id { entry.pointee = self.classify(type, id) }
        return UnsafePointer(entry)
    }

    @inline(never)
    private func classify<Value>(_ type: Value.Type, _ id: ObjectIdentifier) -> Entry {
        let kind: ValueKind
        let direct = self.usesDirect ? type as? any CBORCodable.Type : nil
        let encodable = type as? any EncodableElements.Type
        let decodable = type as? any DecodableElements.Type
        switch id {
        case ObjectIdentifier(String.self): kind = .text
        case ObjectIdentifier([UInt8].self): kind = .bytes
        case ObjectIdentifier(Int.self): kind = .int
        case ObjectIdentifier(Double.self): kind = .double
        case ObjectIdentifier(Bool.self): kind = .bool
        default:
            if direct != nil {
                kind = .direct
            } else if encodable != nil || decodable != nil {
                kind = .array
            } else if let dictionary = type as? any KeyedByText.Type, dictionary.isKeyedByText {
                kind = .textKeyed
            } else {
                kind = .codable
            }
        }
        return Entry(
            type: id, kind: kind, direct: direct, encodable: encodable, decodable: decodable)
    }
}

/// A dictionary can tell whether its keys are text.
///
/// The standard library gives the key "7" of a `[String: Value]` the integer 7 as well, and "+7"
/// and "07" the same one; taking that for the key would merge different keys.
private protocol KeyedByText {
    static var isKeyedByText: Bool { get }
}

extension Dictionary: KeyedByText {
    fileprivate static var isKeyedByText: Bool {
        func isNumber<Raw: RawRepresentable>(_ type: Raw.Type) -> Bool {
            Raw.RawValue.self == Int.self
        }
        if Key.self == Int.self { return false }
        if let raw = Key.self as? any RawRepresentable.Type { return !isNumber(raw) }
        return true
    }
}
