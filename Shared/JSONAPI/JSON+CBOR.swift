import CBOR

extension JSON {
    /// The value as one CBOR item (RFC 8949): the same document for clients that ask for it.
    ///
    /// Members keep their order, whole numbers are integers, all others the shortest float that
    /// holds them.
    public func cborBytes() -> [UInt8] {
        var writer = CBORWriter(capacityBytes: 512)
        self.write(to: &writer)
        return writer.bytes()
    }

    private func write(to writer: inout CBORWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.int(value)
        case .number(let value): value.isFinite ? writer.double(value) : writer.null()
        case .string(let value): writer.string(value)
        case .array(let elements):
            writer.arrayHead(elements.count)
            for element in elements { element.write(to: &writer) }
        case .object(let object):
            writer.mapHead(object.members.count)
            for member in object.members {
                writer.string(member.name)
                member.value.write(to: &writer)
            }
        }
    }
}
