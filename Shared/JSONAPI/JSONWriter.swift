extension JSON {
    /// The value as JSON text without white space (RFC 8259), UTF-8.
    public func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The value as JSON text without white space.
    public var text: String { String(decoding: self.bytes(), as: UTF8.self) }
}

/// Appends JSON text to bytes; it cannot fail.
struct JSONWriter: JSONSink {
    private(set) var bytes: [UInt8] = []
    /// Whether nothing stands before what comes next in its object or list.
    private var isFirst = true

    init() { self.bytes.reserveCapacity(1024) }

    mutating func beginObject() { self.begin(UInt8(ascii: "{")) }
    mutating func endObject() { self.end(UInt8(ascii: "}")) }
    mutating func beginArray() { self.begin(UInt8(ascii: "[")) }
    mutating func endArray() { self.end(UInt8(ascii: "]")) }

    mutating func name(_ name: String) {
        self.text(name)
        self.bytes.append(UInt8(ascii: ":"))
        self.isFirst = true
    }

    mutating func text(_ text: String) {
        self.part()
        self.write(text)
    }

    mutating func value(_ value: JSON) {
        self.part()
        self.write(value)
    }

    private mutating func begin(_ bracket: UInt8) {
        self.part()
        self.bytes.append(bracket)
        self.isFirst = true
    }

    private mutating func end(_ bracket: UInt8) {
        self.bytes.append(bracket)
        self.isFirst = false
    }

    /// Parts what comes next from what stands before it.
    private mutating func part() {
        if !self.isFirst { self.bytes.append(UInt8(ascii: ",")) }
        self.isFirst = false
    }

    private mutating func write(_ value: JSON) {
        switch value {
        case .null: self.append("null")
        case .bool(let value): self.append(value ? "true" : "false")
        case .integer(let value): self.write(value)
        case .number(let value): self.write(value)
        case .string(let value): self.write(value)
        case .array(let elements):
            self.bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.write(element)
            }
            self.bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            self.bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.write(member.name)
                self.bytes.append(UInt8(ascii: ":"))
                self.write(member.value)
            }
            self.bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { self.bytes.append(contentsOf: $0) }
    }

    private mutating func write(_ value: Int64) {
        var rest = value.magnitude
        if value < 0 { self.bytes.append(UInt8(ascii: "-")) }
        let start = self.bytes.count
        repeat {
            self.bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        self.bytes[start...].reverse()
    }

    /// The shortest text that reads back as the same double.
    private mutating func write(_ value: Double) {
        guard value.isFinite else { return self.append("null") }
        self.bytes.append(contentsOf: value.description.utf8)
    }

    private mutating func write(_ text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where Self.needsEscape(utf8[index]) {
                self.bytes.append(contentsOf: utf8[start..<index])
                self.escape(utf8[index])
                start = index + 1
            }
            self.bytes.append(contentsOf: utf8[start...])
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        self.bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.bytes.append(byte)
        case 0x08: self.bytes.append(UInt8(ascii: "b"))
        case 0x09: self.bytes.append(UInt8(ascii: "t"))
        case 0x0A: self.bytes.append(UInt8(ascii: "n"))
        case 0x0C: self.bytes.append(UInt8(ascii: "f"))
        case 0x0D: self.bytes.append(UInt8(ascii: "r"))
        default:
            self.append("u00")
            self.bytes.append(Self.digit(byte >> 4))
            self.bytes.append(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
