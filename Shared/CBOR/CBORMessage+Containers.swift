extension Optional: CBORCodable where Wrapped: CBORCodable {
    /// Appends the value, or null.
    @inlinable
    public func encode(into writer: inout CBORWriter) throws {
        guard let value = self else { return writer.null() }
        try value.encode(into: &writer)
    }

    /// Reads a value, or null.
    @inlinable
    public init(from reader: inout CBORReader) throws {
        self = try reader.skipNull() ? nil : try Wrapped(from: &reader)
    }
}

extension Optional: CBORMessage where Wrapped: CBORMessage {}

extension Array: CBORCodable where Element: CBORCodable {
    /// Appends the elements, those of `[UInt8]` as a byte string.
    @inlinable
    public func encode(into writer: inout CBORWriter) throws {
        if Element.self == UInt8.self {
            return writer.bytes(unsafeBitCast(self, to: [UInt8].self))
        }
        try writer.beginArray(self.count)
        for element in self { try element.encode(into: &writer) }
        writer.endArray()
    }

    /// Reads the elements, those of `[UInt8]` from a byte string.
    @inlinable
    public init(from reader: inout CBORReader) throws {
        if Element.self == UInt8.self {
            self = unsafeBitCast(try reader.bytes(), to: [Element].self)
            return
        }
        var array = try reader.arrayHead()
        self = []
        self.reserveCapacity(Swift.min(array.count, ScratchLimits.elementsReserved))
        while reader.element(in: &array) { self.append(try Element(from: &reader)) }
    }
}

extension Array: CBORMessage where Element: CBORMessage {}

extension Dictionary: CBORCodable where Key: CBORDictionaryKey, Value: CBORCodable {
    /// Appends the entries in ascending order of their keys.
    public func encode(into writer: inout CBORWriter) throws {
        try writer.beginMap(self.count)
        for (key, value) in self.sorted(by: { Key.isBefore($0.key, $1.key) }) {
            try key.encode(into: &writer)
            try value.encode(into: &writer)
        }
        writer.endMap()
    }

    /// Reads the entries; those whose keys are of another type are ignored.
    public init(from reader: inout CBORReader) throws {
        self = [:]
        var map = try reader.mapHead()
        while let mapKey = try reader.key(in: &map) {
            if let key = Key(mapKey) {
                self[key] = try Value(from: &reader)
            } else {
                try reader.skip()
            }
        }
    }
}

extension Dictionary: CBORMessage where Key: CBORDictionaryKey, Value: CBORMessage {}

/// A type whose dictionaries are maps; `Codable` makes arrays of all others.
public protocol CBORDictionaryKey: Hashable, CBORMessage {
    /// The order of keys in a map (RFC 8949 §4.2.1).
    static func isBefore(_ left: Self, _ right: Self) -> Bool
    /// A key that has been read; `nil` when it is of another type.
    init?(_ key: CBORMapKey)
}

extension String: CBORDictionaryKey {
    /// Shorter texts come first.
    public static func isBefore(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8, right.utf8)
        return left.count == right.count
            ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    public init?(_ key: CBORMapKey) {
        guard let text = key.stringValue else { return nil }
        self = text
    }
}

extension Int: CBORDictionaryKey {
    /// From zero up, then from minus one down.
    public static func isBefore(_ left: Int, _ right: Int) -> Bool {
        (left < 0) == (right < 0) ? left.magnitude < right.magnitude : right < 0
    }

    public init?(_ key: CBORMapKey) {
        guard let number = key.intValue else { return nil }
        self = number
    }
}
