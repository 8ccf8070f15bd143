/// Builds JSON pointers (RFC 6901).
public enum JSONPointer {
    /// The pointer of a member of what `pointer` points at.
    public static func child(_ pointer: String, _ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") })
        else { return "\(pointer)/\(name)" }
        var escaped = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return "\(pointer)/\(escaped)"
    }

    /// The pointer of an element of what `pointer` points at.
    public static func child(_ pointer: String, _ index: Int) -> String { "\(pointer)/\(index)" }
}
