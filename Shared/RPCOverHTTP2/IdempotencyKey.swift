/// An idempotency key as a header field's value.
///
/// A structured-field string (RFC 8941 section 3.3.3), as section 2.1 of
/// draft-ietf-httpapi-idempotency-key-header-07 asks: printable ASCII in quotation marks, with a
/// backslash before quotation marks and backslashes. Parameters are not accepted.
enum IdempotencyKey {
    private static let mark = UInt8(ascii: "\"")
    private static let escape = UInt8(ascii: "\\")
    private static let printable: ClosedRange<UInt8> = 0x20...0x7e

    /// The key a value stands for; `nil` when it is malformed, empty or too long.
    static func read(_ value: UnsafeRawBufferPointer) -> String? {
        guard value.count > 2, value.first == self.mark, value.last == self.mark else { return nil }
        var key: [UInt8] = []
        var isEscaped = false
        for byte in value[1..<(value.count - 1)] {
            if isEscaped {
                guard byte == self.mark || byte == self.escape else { return nil }
                isEscaped = false
            } else if byte == self.escape {
                isEscaped = true
                continue
            } else if byte == self.mark || !self.printable.contains(byte) {
                return nil
            }
            key.append(byte)
        }
        guard !isEscaped, key.count <= CarrierBounds.idempotencyKeyBytesMax else { return nil }
        return String(decoding: key, as: UTF8.self)
    }

    /// The value that stands for a key; `nil` when the key is empty, too long or not printable ASCII.
    static func write(_ key: String) -> String? {
        let bytes = key.utf8
        guard (1...CarrierBounds.idempotencyKeyBytesMax).contains(bytes.count),
            bytes.allSatisfy({ self.printable.contains($0) })
        else { return nil }
        var value = "\""
        for character in key {
            if character == "\"" || character == "\\" { value.append("\\") }
            value.append(character)
        }
        return value + "\""
    }
}
