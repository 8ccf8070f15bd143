/// The container of an array.
struct UnkeyedEncoding: UnkeyedEncodingContainer {
    let state: UnsafeMutablePointer<EncodingState>
    let frame: Int
    let serial: Int

    @inline(__always)
    init(_ state: UnsafeMutablePointer<EncodingState>, _ frame: Int?) {
        self.state = state
        self.frame = frame ?? 0
        self.serial = frame.map { state.pointee.frames[$0].serial } ?? 0
    }

    var codingPath: [any CodingKey] { self.state.pointee.codingPath(upTo: self.frame) }

    var count: Int {
        self.state.pointee.isOpen(self.frame, self.serial)
            ? self.state.pointee.frames[self.frame].count : 0
    }

    @inline(__always)
    private func put(_ write: (inout CBORWriter) -> Void) throws {
        try self.state.pointee.beginElement(self.frame, self.serial)
        write(&self.state.pointee.writer)
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
        try self.state.pointee.beginElement(self.frame, self.serial)
        try Encoding.item(value, self.state)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        Encoding.keyed(self.state, self.nested(.map), type, textKeysOnly: false)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(self.state, self.nested(.array))
    }

    func superEncoder() -> any Encoder {
        do {
            try self.state.pointee.beginElement(self.frame, self.serial)
        } catch {
            // Kept in the state: every use of the encoder, and the call as a whole, fails.
        }
        return ItemEncoder(self.state)
    }

    /// Opens an array or map as the next element; nil after a failure, which the state keeps.
    private func nested(_ major: CBORMajor) -> Int? {
        do {
            try self.state.pointee.beginElement(self.frame, self.serial)
            return self.state.pointee.push(major)
        } catch {
            return nil
        }
    }
}
