/// An array whose elements are encoded one by one, without a container.
protocol EncodableElements {
    func encodeElements(_ state: UnsafeMutablePointer<EncodingState>) throws
}

extension Array: EncodableElements where Element: Encodable {
    func encodeElements(_ state: UnsafeMutablePointer<EncodingState>) throws {
        guard let frame = state.pointee.push(.array) else { throw state.pointee.failClosed() }
        let serial = state.pointee.serial
        try self.withUnsafeBufferPointer { elements in
            for index in elements.indices {
                try state.pointee.beginElement(frame, serial)
                try Encoding.item(elements[index], state)
            }
        }
        state.pointee.pop(to: frame)
    }
}

/// An array whose elements are decoded one by one, without a container.
protocol DecodableElements {
    /// The array at an offset; sets where it ends.
    static func decodeElements(
        _ state: UnsafeMutablePointer<DecodingState>, at offset: Int, end: inout Int
    ) throws -> Self
}

extension Array: DecodableElements where Element: Decodable {
    static func decodeElements(
        _ state: UnsafeMutablePointer<DecodingState>, at offset: Int, end: inout Int
    ) throws -> Self {
        var reader = state.pointee.reader(at: offset)
        let count = try reader.arrayHead().count
        var position = reader.position
        let firstCount = Swift.min(count, ScratchLimits.elementsReserved)
        var elements = try Self(unsafeUninitializedCapacity: firstCount) { buffer, made in
            while made < firstCount {
                let element = try Decoding.item(
                    Element.self, state, at: position, end: &position)
                buffer.initializeElement(at: made, to: element)
                made &+= 1
            }
        }
        for _ in firstCount..<count {
            elements.append(
                try Decoding.item(Element.self, state, at: position, end: &position))
        }
        end = position
        return elements
    }
}
