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
        if let mismatch = Self.mismatch(of: self.id, with: expected) { throw mismatch }
    }

    /// What is wrong with an `id` that is not the one in the path; `nil` for the same one or none.
    public static func mismatch(of id: String?, with expected: String) -> APIError? {
        guard let id, id != expected else { return nil }
        return APIError.conflict(
            Self.mismatchCode, "\"id\" must be the one in the path, \(expected).",
            pointer: "/data/id")
    }

    /// The code of the problem that a body's `id` is not the one in the path.
    public static let mismatchCode = "id_mismatch"
}
