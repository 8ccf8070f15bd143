/// Header fields in the order they were sent, names in lower case.
///
/// One allocation holds all of them. Looking a field up scans the list, which for the few fields
/// of a request is faster than any index. Field values are bytes on the wire; here they are read
/// as UTF-8, with anything malformed replaced.
public struct HTTP2Fields: Sendable, Hashable {
    /// For each field: the name's length and the value's length (four bytes each, native order),
    /// the name, the value.
    var bytes: [UInt8]
    /// How many fields there are.
    public private(set) var count: Int
    /// Whether all of them were made by this package, in a form that HTTP allows.
    private(set) var areKnownValid = true

    /// No fields.
    public init() {
        self.bytes = []
        self.count = 0
    }

    init(bytes: UnsafeRawBufferPointer, count: Int) {
        self.bytes = Array(bytes)
        self.count = count
        self.areKnownValid = false
    }

    /// Appends a field.
    ///
    /// The name must be in lower case. Names and values that HTTP does not allow (RFC 9110 section
    /// 5.5) are refused when the message is sent, not here.
    public mutating func append(_ name: String, _ value: String) {
        var name = name
        var value = value
        name.withUTF8 { name in
            value.withUTF8 { value in
                self.append(UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value))
            }
        }
    }

    /// Appends a field given as bytes.
    mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        self.appendHead(name, valueBytes: value.count)
        self.bytes.append(contentsOf: value)
        self.areKnownValid = false
    }

    /// Appends a field whose value is so many bytes that `write` writes, without making strings.
    ///
    /// It is not looked at again: name and value have to be what HTTP allows.
    package mutating func append(
        _ name: StaticString, bytes count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void
    ) {
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        self.appendHead(name, valueBytes: count)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { value in
            guard let start = value.baseAddress else { return }
            write(start)
            self.bytes.append(contentsOf: value)
        }
    }

    /// Appends a field whose value is a number, in decimal digits.
    package mutating func append(_ name: StaticString, number: UInt64) {
        var digits = 1
        var rest = number
        while rest >= 10 {
            digits += 1
            rest /= 10
        }
        self.append(name, bytes: digits) { start in
            var rest = number
            for index in (0..<digits).reversed() {
                start[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
    }

    @inline(__always)
    private mutating func appendHead(_ name: UnsafeRawBufferPointer, valueBytes: Int) {
        if self.bytes.isEmpty { self.bytes.reserveCapacity(FieldStorage.firstBytes) }
        let head = (UInt32(truncatingIfNeeded: name.count), UInt32(truncatingIfNeeded: valueBytes))
        withUnsafeBytes(of: head) { self.bytes.append(contentsOf: $0) }
        self.bytes.append(contentsOf: name)
        self.count += 1
    }

    /// The first field of this name, or `nil`.
    public func first(_ name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            self.bytes.withUnsafeBytes { raw in
                var offset = 0
                while offset < raw.count {
                    let field = FieldStorage.field(in: raw, at: offset)
                    if field.name.elementsEqual(name) {
                        return String(decoding: field.value, as: UTF8.self)
                    }
                    offset = field.next
                }
                return nil
            }
        }
    }

    /// Whether the first field of this name has exactly this value; makes no strings.
    public func has(_ name: StaticString, equalTo value: StaticString) -> Bool {
        var isEqual: Bool?
        self.withUnsafeFields { fieldName, fieldValue in
            if isEqual == nil, fieldName.isEqual(to: name) {
                isEqual = fieldValue.isEqual(to: value)
            }
        }
        return isEqual ?? false
    }

    /// Calls `body` with the bytes of every name and value, in order, without making strings.
    public func withUnsafeFields(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        self.bytes.withUnsafeBytes { FieldStorage.forEach(in: $0, body) }
    }
}

extension HTTP2Fields {
    /// Whether the same fields stand in the same order.
    public static func == (left: HTTP2Fields, right: HTTP2Fields) -> Bool {
        left.bytes == right.bytes
    }

    /// Feeds the fields to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.bytes)
    }
}

extension HTTP2Fields: ExpressibleByDictionaryLiteral {
    /// Fields in the order written; a name may occur more than once.
    public init(dictionaryLiteral fields: (String, String)...) {
        self.init()
        for (name, value) in fields { self.append(name, value) }
    }
}

extension HTTP2Fields: Sequence {
    /// Goes through the fields in order.
    public struct Iterator: IteratorProtocol {
        private let bytes: [UInt8]
        private var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// The next field.
        public mutating func next() -> (name: String, value: String)? {
            guard self.offset < self.bytes.count else { return nil }
            let (field, next) = self.bytes.withUnsafeBytes { raw in
                let field = FieldStorage.field(in: raw, at: self.offset)
                return (
                    (
                        name: String(decoding: field.name, as: UTF8.self),
                        value: String(decoding: field.value, as: UTF8.self)
                    ), field.next
                )
            }
            self.offset = next
            return field
        }
    }

    /// Goes through the fields in order.
    public func makeIterator() -> Iterator { Iterator(self.bytes) }
}

/// The layout that received and sent fields share.
enum FieldStorage {
    /// The two lengths before a name.
    static let headBytes = 8
    /// Room for the few fields of most messages, so that they are made with one allocation.
    static let firstBytes = 160

    struct Field {
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        let next: Int
    }

    @inline(__always)
    static func field(in raw: UnsafeRawBufferPointer, at offset: Int) -> Field {
        let nameLength = Int(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let valueLength = Int(raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let start = offset + Self.headBytes
        let middle = start + nameLength
        let end = middle + valueLength
        return Field(
            name: UnsafeRawBufferPointer(rebasing: raw[start..<middle]),
            value: UnsafeRawBufferPointer(rebasing: raw[middle..<end]), next: end)
    }

    @inline(__always)
    static func forEach(
        in raw: UnsafeRawBufferPointer,
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        var offset = 0
        while offset < raw.count {
            let field = Self.field(in: raw, at: offset)
            body(field.name, field.value)
            offset = field.next
        }
    }
}
