/// For coders of other formats, such as JSON.
///
/// What those have no word for is refused: tags, simple values, `undefined`, keys that are
/// neither text nor integers. Byte strings become arrays of numbers.
extension CBORValue: Codable {
    /// Encodes the item with any encoder.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .map(let entries):
            var container = encoder.container(keyedBy: CBORKey.self)
            for (key, value) in entries {
                try container.encode(value, forKey: Self.codingKey(key, encoder))
            }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            try self.encodeScalar(to: encoder)
        }
    }

    private func encodeScalar(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .unsigned(let number): try container.encode(number)
        case .bytes(let bytes): try container.encode(bytes)
        case .text(let text): try container.encode(text)
        case .bool(let value): try container.encode(value)
        case .null: try container.encodeNil()
        case .double(let number): try container.encode(number)
        default:
            guard let number = self.integerValue else { throw self.inexpressible(encoder) }
            try container.encode(number)
        }
    }

    private func inexpressible(_ encoder: any Encoder) -> EncodingError {
        EncodingError.invalidValue(
            self,
            EncodingError.Context(
                codingPath: encoder.codingPath,
                debugDescription: "\(self) can be expressed in CBOR only"))
    }

    private static func codingKey(_ key: CBORValue, _ encoder: any Encoder) throws -> CBORKey {
        if let text = key.textValue { return CBORKey(stringValue: text) }
        guard let number = key.integerValue else { throw key.inexpressible(encoder) }
        return CBORKey(intValue: Int(number))
    }

    /// Decodes an item with any decoder; keys that look like integers stay text.
    public init(from decoder: any Decoder) throws {
        if let map = try? decoder.container(keyedBy: CBORKey.self) {
            var entries: [CBORValue: CBORValue] = [:]
            for key in map.allKeys {
                entries[.text(key.stringValue)] = try map.decode(CBORValue.self, forKey: key)
            }
            self = .map(entries)
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [CBORValue] = []
            while !array.isAtEnd { elements.append(try array.decode(CBORValue.self)) }
            self = .array(elements)
        } else {
            self = try Self.scalar(try decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> CBORValue {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let number = try? container.decode(Int64.self) { return .integer(number) }
        if let number = try? container.decode(UInt64.self) { return .unsigned(number) }
        if let number = try? container.decode(Double.self) { return .double(number) }
        return .text(try container.decode(String.self))
    }
}
