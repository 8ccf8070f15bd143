/// Reads the members of an object of a body, knowing its place for messages.
///
/// Bodies of declared routes were checked against their schema before: what a schema demands is
/// there. Reading still throws, rather than trusts, so that a handler needs no force.
public struct ObjectReader: Sendable {
    /// The members.
    public let object: JSONObject
    /// Where the object is in the body (RFC 6901).
    public let pointer: String

    /// Reads an object at a place.
    public init(_ object: JSONObject, pointer: String) {
        self.object = object
        self.pointer = pointer
    }

    /// The pointer of a member.
    public func pointer(to name: String) -> String { JSONPointer.child(self.pointer, name) }

    /// Whether the member is there, `null` or not.
    public func has(_ name: String) -> Bool { self.object[name] != nil }

    /// A text that must be there.
    ///
    /// - Throws: ``APIError`` `missing` or `wrong_type`.
    public func string(_ name: String) throws(APIError) -> String {
        try self.required(name, try self.optionalString(name))
    }

    /// A text, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalString(_ name: String) throws(APIError) -> String? {
        try self.optional(name, "a string") { $0.string }
    }

    /// A text turned into a value by `make`, such as an identifier; it must be there.
    ///
    /// - Throws: ``APIError`` `missing`, `wrong_type` or `invalid_value`.
    public func value<Value>(
        _ name: String, _ expectation: String, _ make: (String) -> Value?
    ) throws(APIError) -> Value {
        try self.required(name, try self.optionalValue(name, expectation, make))
    }

    /// A text turned into a value by `make`, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type` or `invalid_value`.
    public func optionalValue<Value>(
        _ name: String, _ expectation: String, _ make: (String) -> Value?
    ) throws(APIError) -> Value? {
        guard let text = try self.optionalString(name) else { return nil }
        guard let value = make(text) else {
            throw APIError.invalid(self.pointer(to: name), "must be \(expectation).")
        }
        return value
    }

    /// A whole number, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalInteger(_ name: String) throws(APIError) -> Int64? {
        try self.optional(name, "an integer") { $0.integer }
    }

    /// A truth value, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalBool(_ name: String) throws(APIError) -> Bool? {
        try self.optional(name, "a boolean") { $0.bool }
    }

    /// A list of texts, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalStrings(_ name: String) throws(APIError) -> [String]? {
        try self.optional(name, "an array of strings") { value in
            guard let array = value.array else { return nil }
            let texts = array.compactMap(\.string)
            return texts.count == array.count ? texts : nil
        }
    }

    /// An object, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalObject(_ name: String) throws(APIError) -> ObjectReader? {
        let object = try self.optional(name, "an object") { $0.object }
        return object.map { ObjectReader($0, pointer: self.pointer(to: name)) }
    }

    /// An object that must be there.
    ///
    /// - Throws: ``APIError`` `missing` or `wrong_type`.
    public func object(_ name: String) throws(APIError) -> ObjectReader {
        try self.required(name, try self.optionalObject(name))
    }

    /// A list of objects, unless absent or `null`.
    ///
    /// - Throws: ``APIError`` `wrong_type`.
    public func optionalObjects(_ name: String) throws(APIError) -> [ObjectReader]? {
        try self.optional(name, "an array of objects") { value in
            guard let array = value.array else { return nil }
            let place = self.pointer(to: name)
            let objects = array.enumerated().compactMap { index, element in
                element.object.map {
                    ObjectReader($0, pointer: JSONPointer.child(place, index))
                }
            }
            return objects.count == array.count ? objects : nil
        }
    }

    /// The identifier of a related resource, `relationships.<name>.data.id`, unless absent.
    ///
    /// - Throws: ``APIError`` `wrong_type` or `missing`.
    public func optionalLinkage(_ name: String) throws(APIError) -> String? {
        try self.optionalObject(name)?.optionalObject("data")?.string("id")
    }

    private func required<Value>(_ name: String, _ value: Value?) throws(APIError) -> Value {
        guard let value else {
            throw APIError(
                400, "missing", "\"\(name)\" is missing.", source: .pointer(self.pointer))
        }
        return value
    }

    private func optional<Value>(
        _ name: String, _ expectation: String, _ read: (JSON) -> Value?
    ) throws(APIError) -> Value? {
        guard let value = self.object[name], !value.isNull else { return nil }
        guard let read = read(value) else {
            throw APIError(
                400, "wrong_type", "must be \(expectation), not \(value.kindText).",
                source: .pointer(self.pointer(to: name)))
        }
        return read
    }
}
