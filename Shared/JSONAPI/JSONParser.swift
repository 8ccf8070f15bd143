extension JSON {
    /// Reads exactly one JSON text (RFC 8259), strictly.
    ///
    /// Refused: nesting beyond ``JSONLimits/depthMax``, repeated names in one object, invalid UTF-8,
    /// a byte order mark, lone surrogates, numbers outside the range of a double, and anything
    /// after the value but white space. The caller bounds the size; memory stays within a small
    /// multiple of it.
    ///
    /// - Throws: ``JSONError`` with the place.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }

    /// Reads exactly one JSON text, strictly.
    ///
    /// - Throws: ``JSONError`` with the place.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}

/// A recursive-descent reader over bytes in memory.
struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try self.value(depth: 0)
        self.skipWhiteSpace()
        guard self.position == self.bytes.count else {
            throw self.error("expected the end of the text")
        }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        self.skipWhiteSpace()
        guard let byte = self.peek() else { throw self.error("expected a value, found the end") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try self.object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try self.array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try self.number()
        default: throw self.error("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        try self.checkDepth(depth)
        self.position += 1
        var members: [JSONObject.Member] = []
        var seen: Set<String> = []
        self.skipWhiteSpace()
        if self.take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            self.skipWhiteSpace()
            let start = self.position
            guard self.peek() == UInt8(ascii: "\"") else { throw self.error("expected a name") }
            let name = try self.string()
            guard Self.isNew(name, in: members, seen: &seen) else {
                throw self.error("the name \"\(Self.shortened(name))\" is repeated", at: start)
            }
            self.skipWhiteSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.error("expected ':'") }
            members.append(JSONObject.Member(name: name, value: try self.value(depth: depth)))
            self.skipWhiteSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "}")) else { throw self.error("expected ',' or '}'") }
            return JSONObject(distinct: members)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        try self.checkDepth(depth)
        self.position += 1
        var elements: [JSON] = []
        self.skipWhiteSpace()
        if self.take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try self.value(depth: depth))
            self.skipWhiteSpace()
            if self.take(UInt8(ascii: ",")) { continue }
            guard self.take(UInt8(ascii: "]")) else { throw self.error("expected ',' or ']'") }
            return elements
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = self.position + word.utf8CodeUnitCount
        let matches =
            end <= self.bytes.count
            && word.withUTF8Buffer { $0.elementsEqual(self.bytes[self.position..<end]) }
        guard matches else { throw self.error("expected '\(word)'") }
        self.position = end
        return value
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        guard depth <= JSONLimits.depthMax else {
            throw self.error("nested deeper than \(JSONLimits.depthMax)")
        }
    }

    private static func isNew(
        _ name: String, in members: [JSONObject.Member], seen: inout Set<String>
    ) -> Bool {
        guard members.count >= JSONLimits.linearMembersMax else {
            return !members.contains { $0.name == name }
        }
        if seen.isEmpty { seen = Set(members.map(\.name)) }
        return seen.insert(name).inserted
    }

    private static func shortened(_ name: String) -> String {
        name.count <= 40 ? name : name.prefix(40) + "…"
    }
}

extension JSONParser {
    func peek() -> UInt8? {
        self.position < self.bytes.count ? self.bytes[self.position] : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard self.peek() == byte else { return false }
        self.position += 1
        return true
    }

    mutating func skipWhiteSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position += 1
            default: return
            }
        }
    }

    func error(_ problem: String, at offset: Int? = nil) -> JSONError {
        JSONError(problem, at: offset ?? self.position, in: self.bytes)
    }
}
