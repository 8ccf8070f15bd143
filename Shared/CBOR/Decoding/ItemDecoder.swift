/// What a type's `init(from:)` is given: one item of the input.
///
/// Small enough for the inline buffer of an existential, so handing it over allocates nothing.
struct ItemDecoder: Decoder {
    let state: UnsafeMutablePointer<DecodingState>
    /// Where the item starts.
    let offset: Int
    var textKeysOnly = false

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(to: self.offset) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        try Decoding.keyed(self, type, isNested: false)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try UnkeyedDecoding(self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        SingleValueDecoding(item: self)
    }
}

/// The container of a value that is a single item.
struct SingleValueDecoding: SingleValueDecodingContainer {
    let item: ItemDecoder

    var codingPath: [any CodingKey] { self.item.codingPath }

    @inline(__always)
    private func get<Value>(_ read: (inout CBORReader) throws -> Value) throws -> Value {
        var reader = self.item.state.pointee.reader(at: self.item.offset)
        let value = try read(&reader)
        self.item.state.pointee.note(self.item.offset, end: reader.position)
        return value
    }

    func decodeNil() -> Bool {
        (try? self.get { reader in try reader.null() }) != nil
    }
    func decode(_ type: Bool.Type) throws -> Bool { try self.get { try $0.bool() } }
    func decode(_ type: String.Type) throws -> String { try self.get { try $0.string() } }
    func decode(_ type: Double.Type) throws -> Double { try self.get { try $0.double() } }
    func decode(_ type: Float.Type) throws -> Float { try self.get { try $0.float() } }
    func decode(_ type: Int.Type) throws -> Int { try self.get { try $0.integer() } }
    func decode(_ type: Int8.Type) throws -> Int8 { try self.get { try $0.integer() } }
    func decode(_ type: Int16.Type) throws -> Int16 { try self.get { try $0.integer() } }
    func decode(_ type: Int32.Type) throws -> Int32 { try self.get { try $0.integer() } }
    func decode(_ type: Int64.Type) throws -> Int64 { try self.get { try $0.integer() } }
    func decode(_ type: UInt.Type) throws -> UInt { try self.get { try $0.integer() } }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try self.get { try $0.integer() } }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try self.get { try $0.integer() } }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try self.get { try $0.integer() } }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try self.get { try $0.integer() } }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        var end = self.item.offset
        let value = try Decoding.item(type, self.item.state, at: self.item.offset, end: &end)
        self.item.state.pointee.note(self.item.offset, end: end)
        return value
    }
}
