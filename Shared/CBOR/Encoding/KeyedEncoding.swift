/// The container of a map.
struct KeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    /// Nothing but a pointer: the standard library copies this struct at every call.
    let slot: UnsafeMutablePointer<EncodingSlot>

    @inline(__always)
    private var state: UnsafeMutablePointer<EncodingState> { self.slot.pointee.state }

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(upTo: self.slot.pointee.frame) }

    @inline(__always)
    private func put(_ key: Key, _ write: (inout CBORWriter) -> Void) throws {
        let state = self.state
        try state.pointee.beginEntry(self.slot, key)
        write(&state.pointee.writer)
    }

    func encodeNil(forKey key: Key) throws { try self.put(key) { $0.null() } }
    func encode(_ value: Bool, forKey key: Key) throws { try self.put(key) { $0.bool(value) } }
    func encode(_ value: String, forKey key: Key) throws { try self.put(key) { $0.string(value) } }
    func encode(_ value: Double, forKey key: Key) throws { try self.put(key) { $0.double(value) } }
    func encode(_ value: Float, forKey key: Key) throws { try self.put(key) { $0.float(value) } }
    func encode(_ value: Int, forKey key: Key) throws { try self.put(key) { $0.int(value) } }
    func encode(_ value: Int8, forKey key: Key) throws { try self.put(key) { $0.int(value) } }
    func encode(_ value: Int16, forKey key: Key) throws { try self.put(key) { $0.int(value) } }
    func encode(_ value: Int32, forKey key: Key) throws { try self.put(key) { $0.int(value) } }
    func encode(_ value: Int64, forKey key: Key) throws { try self.put(key) { $0.int(value) } }
    func encode(_ value: UInt, forKey key: Key) throws { try self.put(key) { $0.uint(value) } }
    func encode(_ value: UInt8, forKey key: Key) throws { try self.put(key) { $0.uint(value) } }
    func encode(_ value: UInt16, forKey key: Key) throws { try self.put(key) { $0.uint(value) } }
    func encode(_ value: UInt32, forKey key: Key) throws { try self.put(key) { $0.uint(value) } }
    func encode(_ value: UInt64, forKey key: Key) throws { try self.put(key) { $0.uint(value) } }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        let state = self.state
        try state.pointee.beginEntry(self.slot, key)
        try Encoding.item(value, state)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        Encoding.keyed(self.state, self.nested(.map, key), type, textKeysOnly: false)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(self.state, self.nested(.array, key))
    }

    func superEncoder() -> any Encoder { self.superEncoder(for: CBORKey.super) }
    func superEncoder(forKey key: Key) -> any Encoder { self.superEncoder(for: key) }

    private func superEncoder(for key: some CodingKey) -> any Encoder {
        do {
            try self.state.pointee.beginEntry(self.slot, key)
        } catch {
            // Kept in the state: every use of the encoder, and the call as a whole, fails.
        }
        return ItemEncoder(self.state)
    }

    /// Opens an array or map as the value of a key; nil after a failure, which the state keeps.
    private func nested(_ major: CBORMajor, _ key: Key) -> Int? {
        let state = self.state
        do {
            try state.pointee.beginEntry(self.slot, key)
            return state.pointee.push(major)
        } catch {
            return nil
        }
    }
}
