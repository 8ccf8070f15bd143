/// The resource a request's body speaks of: `{"data": {type, id?, attributes?, relationships?}}`.
public struct ResourceBody: Sendable {
    /// The kind.
    public let type: String
    /// The identifier, if the body names one.
    public let id: String?
    /// The attributes; empty when the body has none.
    public let attributes: ObjectReader
    /// The relationships; empty when the body has none.
    public let relationships: ObjectReader

    /// Reads a document.
    ///
    /// - Throws: ``APIError`` `missing` or `wrong_type` with the pointer.
    public init(_ document: JSON) throws(APIError) {
        guard let object = document.object else {
            throw APIError(
                400, "wrong_type", "must be an object, not \(document.kindText).",
                source: .pointer(""))
        }
        let data = try ObjectReader(object, pointer: "").object("data")
        self.type = try data.string("type")
        self.id = try data.optionalString("id")
        self.attributes =
            try data.optionalObject("attributes")
            ?? ObjectReader([:], pointer: data.pointer(to: "attributes"))
        self.relationships =
            try data.optionalObject("relationships")
            ?? ObjectReader([:], pointer: data.pointer(to: "relationships"))
    }

    /// Refuses a body whose `id` is not the one in the path.
    ///
    /// - Throws: ``APIError`` 409 `id_mismatch` (JSON:API 1.1, "Updating Resources").
    public func checkID(_ expected: String) throws(APIError) {
        guard let id = self.id, id != expected else { return }
        throw APIError.conflict(
            "id_mismatch", "\"id\" must be the one in the path, \(expected).", pointer: "/data/id")
    }
}
