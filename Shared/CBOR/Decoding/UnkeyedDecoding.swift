/// The container of an array.
///
/// Its offsets take 32 bits each so that it fits the inline buffer of an existential; an input is
/// never longer (`CBORLimits.inputBytesMax`).
struct UnkeyedDecoding: UnkeyedDecodingContainer {
    private let state: UnsafeMutablePointer<DecodingState>
    private let start: UInt32
    private let elements: UInt32
    private var position: UInt32
    private var index: UInt32 = 0

    init(_ item: ItemDecoder) throws {
        var reader = item.state.pointee.reader(at: item.offset)
        let elements = try reader.arrayHead().count
        self.state = item.state
        self.start = UInt32(item.offset)
        self.position = UInt32(reader.position)
        self.elements = UInt32(elements)
        if elements == 0 { self.state.pointee.note(item.offset, end: reader.position) }
    }

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(to: Int(self.start)) }
    var count: Int? { Int(self.elements) }
    var currentIndex: Int { Int(self.index) }
    var isAtEnd: Bool { self.index == self.elements }

    /// The next element.
    @inline(__always)
    private func item() throws -> ItemDecoder {
        guard self.index < self.elements else { throw self.exhausted() }
        return ItemDecoder(state: self.state, offset: Int(self.position))
    }

    @inline(never)
    private func exhausted() -> CBORError {
        CBORError(
            .valueNotFound, offset: Int(self.position),
            "the array has no more than \(self.elements) elements")
    }

    /// Goes on after the element just read, or passed over if its end is not known.
    @inline(__always)
    private mutating func advance(to end: Int) {
        self.position = UInt32(truncatingIfNeeded: end)
        self.index &+= 1
        if self.index == self.elements { self.state.pointee.note(Int(self.start), end: end) }
    }

    private mutating func pass(_ item: ItemDecoder) {
        self.advance(to: self.state.pointee.end(ofItemAt: item.offset))
    }

    @inline(__always)
    private mutating func get<Value>(
        _ read: (inout CBORReader) throws -> Value
    ) throws -> Value {
        var reader = self.state.pointee.reader(at: try self.item().offset)
        let value = try read(&reader)
        self.advance(to: reader.position)
        return value
    }

    mutating func decodeNil() throws -> Bool {
        var reader = self.state.pointee.reader(at: try self.item().offset)
        guard try reader.skipNull() else { return false }
        self.advance(to: reader.position)
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try self.get { try $0.bool() } }
    mutating func decode(_ type: String.Type) throws -> String { try self.get { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try self.get { try $0.double() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try self.get { try $0.float() } }
    mutating func decode(_ type: Int.Type) throws -> Int { try self.get { try $0.integer() } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try self.get { try $0.integer() } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try self.get { try $0.integer() } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try self.get { try $0.integer() } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try self.get { try $0.integer() } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try self.get { try $0.integer() } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try self.get { try $0.integer() } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 {
        try self.get { try $0.integer() }
    }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 {
        try self.get { try $0.integer() }
    }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 {
        try self.get { try $0.integer() }
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let offset = try self.item().offset
        var end = offset
        let value = try Decoding.item(type, self.state, at: offset, end: &end)
        self.advance(to: end)
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let item = try self.item()
        let container = try Decoding.keyed(item, type, isNested: true)
        self.pass(item)
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let item = try self.item()
        let container = try UnkeyedDecoding(item)
        self.pass(item)
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let item = try self.item()
        self.pass(item)
        return item
    }
}
