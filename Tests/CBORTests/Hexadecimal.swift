/// Bytes written as hexadecimal digits, as the RFC writes them; spaces are ignored.
func hex(_ digits: String) -> [UInt8] {
    let values = digits.compactMap { $0.isWhitespace ? nil : $0.hexDigitValue ?? 16 }
    precondition(values.count.isMultiple(of: 2) && values.allSatisfy { $0 < 16 }, digits)
    return Swift.stride(from: 0, to: values.count, by: 2).map { index in
        UInt8(values[index] << 4 | values[index + 1])
    }
}

/// Bytes as hexadecimal digits.
func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
