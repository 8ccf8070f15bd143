/// What a type's `encode(to:)` is given: the place of exactly one item.
///
/// Small enough for the inline buffer of an existential, so handing it over allocates nothing.
struct ItemEncoder: Encoder {
    let state: UnsafeMutablePointer<EncodingState>
    /// Where the item starts in the output.
    let start: Int
    /// How many levels were open there.
    let depth: Int32
    let textKeysOnly: Bool

    @inline(__always)
    init(_ state: UnsafeMutablePointer<EncodingState>, textKeysOnly: Bool = false) {
        self.state = state
        self.start = state.pointee.writer.used
        self.depth = Int32(truncatingIfNeeded: state.pointee.depth)
        self.textKeysOnly = textKeysOnly
    }

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(upTo: Int(self.depth)) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let frame = self.open(.map)
        return Encoding.keyed(self.state, frame, type, textKeysOnly: self.textKeysOnly)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(self.state, self.open(.array))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleValueEncoding(encoder: self)
    }

    /// Opens the item as an array or map, or finds it open: asked twice, it is the same one.
    private func open(_ major: CBORMajor) -> Int? {
        let level = Int(self.depth)
        if self.start == self.state.pointee.writer.used, level == self.state.pointee.depth {
            return self.state.pointee.push(major)
        }
        let frame = self.state.pointee.frames + level
        if level < self.state.pointee.depth, frame.pointee.head == self.start,
            frame.pointee.major == major
        {
            return level
        }
        _ = self.state.pointee.failSecondValue()
        return nil
    }

    /// Checks that nothing has been written here yet.
    @inline(__always)
    func beginOnly() throws {
        guard self.start == self.state.pointee.writer.used,
            Int(self.depth) == self.state.pointee.depth
        else { throw self.state.pointee.failSecondValue() }
    }
}

/// The container of a value that is a single item.
struct SingleValueEncoding: SingleValueEncodingContainer {
    let encoder: ItemEncoder

    var codingPath: [any CodingKey] { self.encoder.codingPath }

    @inline(__always)
    private func put(_ write: (inout CBORWriter) -> Void) throws {
        try self.encoder.beginOnly()
        write(&self.encoder.state.pointee.writer)
    }

    func encodeNil() throws { try self.put { $0.null() } }
    func encode(_ value: Bool) throws { try self.put { $0.bool(value) } }
    func encode(_ value: String) throws { try self.put { $0.string(value) } }
    func encode(_ value: Double) throws { try self.put { $0.double(value) } }
    func encode(_ value: Float) throws { try self.put { $0.float(value) } }
    func encode(_ value: Int) throws { try self.put { $0.int(value) } }
    func encode(_ value: Int8) throws { try self.put { $0.int(value) } }
    func encode(_ value: Int16) throws { try self.put { $0.int(value) } }
    func encode(_ value: Int32) throws { try self.put { $0.int(value) } }
    func encode(_ value: Int64) throws { try self.put { $0.int(value) } }
    func encode(_ value: UInt) throws { try self.put { $0.uint(value) } }
    func encode(_ value: UInt8) throws { try self.put { $0.uint(value) } }
    func encode(_ value: UInt16) throws { try self.put { $0.uint(value) } }
    func encode(_ value: UInt32) throws { try self.put { $0.uint(value) } }
    func encode(_ value: UInt64) throws { try self.put { $0.uint(value) } }

    func encode<Value: Encodable>(_ value: Value) throws {
        try self.encoder.beginOnly()
        try Encoding.item(value, self.encoder.state)
    }
}
