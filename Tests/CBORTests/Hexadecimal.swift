/// Bytes written as hexadecimal digits, as the RFC writes them; spaces are ignored.
func hex(_ digits: String) -> [UInt8] {
    let digits = digits.filter { !$0.isWhitespace }
    var bytes: [UInt8] = []
    var rest = digits[...]
    while let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 {
        bytes.append(byte)
        rest = rest.dropFirst(2)
    }
    precondition(rest.isEmpty, "not hexadecimal: \(digits)")
    return bytes
}

/// Bytes as hexadecimal digits.
func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
