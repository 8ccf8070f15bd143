extension JSONParser {
    /// Reads a string whose opening quotation mark is next.
    mutating func string() throws(JSONError) -> String {
        let start = self.position + 1
        var end = start
        while end < self.bytes.count {
            switch self.bytes[end] {
            case UInt8(ascii: "\""):
                guard
                    let text = String(validating: self.bytes[start..<end], as: UTF8.self)
                else { throw self.error("the string is not UTF-8", at: start) }
                self.position = end + 1
                return text
            case UInt8(ascii: "\\"):
                return try self.escapedString(from: start, firstEscape: end)
            case 0..<0x20:
                throw self.error("a control character must be escaped", at: end)
            default:
                end += 1
            }
        }
        throw self.error("the string does not end", at: start - 1)
    }

    private mutating func escapedString(
        from start: Int, firstEscape: Int
    ) throws(JSONError) -> String {
        var text = Array(self.bytes[start..<firstEscape])
        self.position = firstEscape
        while let byte = self.peek() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw self.error("the string is not UTF-8", at: start)
                }
                self.position += 1
                return string
            case UInt8(ascii: "\\"):
                try self.escape(into: &text)
            case 0..<0x20:
                throw self.error("a control character must be escaped")
            default:
                text.append(byte)
                self.position += 1
            }
        }
        throw self.error("the string does not end", at: start - 1)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let start = self.position
        self.position += 1
        guard let letter = self.peek() else { throw self.error("the string does not end") }
        self.position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try self.unicodeEscape(from: start)
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            throw self.error("unknown escape", at: start)
        }
    }

    /// Reads the four digits after `\u`, and the low half when they are a high surrogate.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try self.fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), self.take(UInt8(ascii: "\\")),
            self.take(UInt8(ascii: "u"))
        else { throw self.error("half a surrogate pair", at: start) }
        let second = try self.fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw self.error("half a surrogate pair", at: start) }
        return scalar
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = self.peek(), let digit = Self.hexadecimal(byte) else {
                throw self.error("expected four hexadecimal digits after \\u")
            }
            value = value << 4 | UInt32(digit)
            self.position += 1
        }
        return value
    }

    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Reads a number by the grammar of RFC 8259, section 6.
    mutating func number() throws(JSONError) -> JSON {
        let start = self.position
        _ = self.take(UInt8(ascii: "-"))
        if self.take(UInt8(ascii: "0")) {
            if let byte = self.peek(), Self.isDigit(byte) {
                throw self.error("a number does not begin with zeros", at: start)
            }
        } else {
            try self.digits()
        }
        var isWhole = true
        if self.take(UInt8(ascii: ".")) {
            isWhole = false
            try self.digits()
        }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            isWhole = false
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.digits()
        }
        guard self.position - start <= JSONLimits.numberBytesMax else {
            throw self.error("a number longer than \(JSONLimits.numberBytesMax) bytes", at: start)
        }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw self.error("the number is too large", at: start)
        }
        return .number(value)
    }

    private mutating func digits() throws(JSONError) {
        let start = self.position
        while let byte = self.peek(), Self.isDigit(byte) { self.position += 1 }
        if self.position == start { throw self.error("expected a digit") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
