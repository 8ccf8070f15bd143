/// The types that the standard library names one by one.
extension KeyedDecoding {
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try self.get(key) { try $0.bool() }
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try self.getIfPresent(key) { try $0.bool() }
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try self.get(key) { try $0.string() }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try self.getIfPresent(key) { try $0.string() }
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try self.get(key) { try $0.double() }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try self.getIfPresent(key) { try $0.double() }
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        try self.get(key) { try $0.float() }
    }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        try self.getIfPresent(key) { try $0.float() }
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        try self.getIfPresent(key) { try $0.integer() }
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try self.get(key) { try $0.integer() }
    }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        try self.getIfPresent(key) { try $0.integer() }
    }
}
