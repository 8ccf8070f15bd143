/// The eight major types of RFC 8949 §3.1; the raw value is the top three bits of an item.
public enum CBORMajor: UInt8, Hashable, Sendable {
    /// 0: an unsigned integer.
    case unsigned
    /// 1: a negative integer, -1 less the argument.
    case negative
    /// 2: a byte string.
    case bytes
    /// 3: a text string.
    case text
    /// 4: an array.
    case array
    /// 5: a map.
    case map
    /// 6: a tag around one item.
    case tag
    /// 7: a simple value or a floating-point number.
    case simple

    /// What the type is called in messages.
    var name: String {
        switch self {
        case .unsigned: "an unsigned integer"
        case .negative: "a negative integer"
        case .bytes: "a byte string"
        case .text: "a text string"
        case .array: "an array"
        case .map: "a map"
        case .tag: "a tag"
        case .simple: "a simple value"
        }
    }
}
