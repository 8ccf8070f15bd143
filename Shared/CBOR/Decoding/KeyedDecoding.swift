/// The container of a map.
struct KeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    /// Nothing but a pointer: the standard library copies this struct at every call.
    let map: UnsafeMutablePointer<MapCursor>

    @inline(__always)
    private var state: UnsafeMutablePointer<DecodingState> { self.map.pointee.state }

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(to: self.map.pointee.start) }

    var allKeys: [Key] {
        let textKeysOnly = self.map.pointee.textKeysOnly
        var keys: [Key] = []
        self.map.pointee.forEachKey { reader in
            guard let found = try? reader.anyKey() else { return }
            if let text = found.stringValue, let key = Key(stringValue: text) {
                keys.append(key)
            } else if !textKeysOnly, let number = found.intValue, let key = Key(intValue: number) {
                keys.append(key)
            }
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { (try? self.find(key)) != nil }

    /// Where the value of a key starts, or nil when there is none.
    @inline(__always)
    private func find(_ key: some CodingKey) throws -> Int? {
        if !self.map.pointee.textKeysOnly, let number = key.intValue {
            return try self.map.pointee.find(number)
        }
        return try self.map.pointee.find(key.stringValue)
    }

    /// Where the value of a key starts.
    @inline(__always)
    private func need(_ key: some CodingKey) throws -> Int {
        guard let offset = try self.find(key) else { throw self.missing(key) }
        return offset
    }

    @inline(never)
    private func missing(_ key: some CodingKey) -> CBORError {
        let number = key.intValue.map { " (\($0))" } ?? ""
        return CBORError(
            .keyNotFound, offset: self.map.pointee.start,
            "the map has no entry for \"\(key.stringValue)\"\(number)")
    }

    @inline(__always)
    func get<Value>(
        _ key: Key, _ read: (inout CBORReader) throws -> Value
    ) throws -> Value {
        let offset = try self.need(key)
        var reader = self.state.pointee.reader(at: offset)
        let value = try read(&reader)
        self.map.pointee.passed(offset, end: reader.position)
        return value
    }

    @inline(__always)
    func getIfPresent<Value>(
        _ key: Key, _ read: (inout CBORReader) throws -> Value
    ) throws -> Value? {
        guard let offset = try self.find(key) else { return nil }
        var reader = self.state.pointee.reader(at: offset)
        let value = try reader.skipNull() ? nil : try read(&reader)
        self.map.pointee.passed(offset, end: reader.position)
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        var reader = self.state.pointee.reader(at: try self.need(key))
        return try reader.skipNull()
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let offset = try self.need(key)
        var end = offset
        let value = try Decoding.item(type, self.state, at: offset, end: &end)
        self.map.pointee.passed(offset, end: end)
        return value
    }

    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
        guard let offset = try self.find(key) else { return nil }
        var reader = self.state.pointee.reader(at: offset)
        if try reader.skipNull() { return nil }
        var end = offset
        let value = try Decoding.item(type, self.state, at: offset, end: &end)
        self.map.pointee.passed(offset, end: end)
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        let item = ItemDecoder(state: self.state, offset: try self.need(key))
        return try Decoding.keyed(item, type, isNested: true)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try UnkeyedDecoding(ItemDecoder(state: self.state, offset: try self.need(key)))
    }

    func superDecoder() throws -> any Decoder {
        ItemDecoder(state: self.state, offset: try self.need(CBORKey.super))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        ItemDecoder(state: self.state, offset: try self.need(key))
    }
}
