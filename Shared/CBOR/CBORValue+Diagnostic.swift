extension CBORValue: CustomStringConvertible {
    /// The item in diagnostic notation (RFC 8949 §8), maps in the order they are encoded in.
    public var description: String {
        switch self {
        case .unsigned(let number): "\(number)"
        case .negative(let number): number == .max ? "-18446744073709551616" : "-\(number + 1)"
        case .bytes(let bytes): "h'\(Self.hexadecimal(bytes))'"
        case .text(let text): Self.quoted(text)
        case .array(let elements):
            "[\(elements.map(\.description).joined(separator: ", "))]"
        case .map(let entries): "{\(Self.sorted(entries).joined(separator: ", "))}"
        case .tagged(let number, let item): "\(number)(\(item))"
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        case .undefined: "undefined"
        case .simple(let number): "simple(\(number))"
        case .double(let number): Self.notation(number)
        }
    }

    private static func sorted(_ entries: [CBORValue: CBORValue]) -> [String] {
        entries.map { key, value in
            // A key that cannot be encoded, such as simple(24), goes first.
            ((try? CBOREncoder().encode(key)) ?? [], "\(key): \(value)")
        }
        .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        .map(\.1)
    }

    private static func notation(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return "\(number)"
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Text with the escapes of JSON.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
