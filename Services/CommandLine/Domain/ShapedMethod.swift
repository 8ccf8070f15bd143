import CBOR
package import JSONAPI
package import RPC

/// A method with the shapes of its messages: JSON on this side, CBOR on the other.
package struct ShapedMethod: Sendable {
    /// What is declared of the method.
    package let declaration: RPCMethodDeclaration
    private let shape: RPCMethodShape
    private let reader: MessageReader
    private let writer: MessageWriter

    /// Takes the first method of a description; `nil` when it has none.
    package init?(_ description: DescribeService.Reply) {
        guard let shape = description.methods.first else { return nil }
        let shapes = MessageShapes(description.types)
        self.declaration = shape.method
        self.shape = shape
        self.reader = MessageReader(shapes)
        self.writer = MessageWriter(shapes)
    }

    /// The request that a JSON text stands for, as CBOR.
    ///
    /// - Throws: `JSONError` for text that is not JSON, ``ShapeMismatch`` for what does not fit.
    package func request(_ text: String) throws -> [UInt8] {
        try self.message(text, as: self.shape.request)
    }

    /// One item of what is streamed after the request, as CBOR.
    ///
    /// - Throws: as ``request(_:)``.
    package func requestElement(_ text: String) throws -> [UInt8] {
        try self.message(text, as: self.shape.requestElement ?? .any)
    }

    private func message(_ text: String, as shape: CBORShape) throws -> [UInt8] {
        try CBOREncoder().encode(try self.reader.read(try JSON(parsing: text), as: shape))
    }

    /// The JSON of a reply, or of one item of a streamed one.
    ///
    /// - Throws: `RPCError` `internal` for bytes that are not what the service described.
    package func reply(_ bytes: [UInt8]) throws -> JSON {
        do {
            let value = try CBORDecoder().decode(CBORValue.self, from: bytes)
            return try self.writer.write(value, as: self.shape.reply)
        } catch {
            throw RPCError(.internal, "the reply cannot be read: \(error)")
        }
    }
}
