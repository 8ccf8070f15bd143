/// Why an item could not be encoded or decoded.
///
/// `code` is for programs, `message` for people. `offset` counts bytes from the start of the
/// input (decoding) or of the output (encoding); it points at the item that was refused.
/// `path` names the place inside the value, such as `items[2].sku`; it is empty at the top.
public struct CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// There was no input at all.
        case emptyInput = "empty_input"
        /// The input is longer than `CBORLimits.inputBytesMax`.
        case inputTooLarge = "input_too_large"
        /// The input ends inside an item, or declares more than it holds.
        case truncated = "truncated"
        /// Bytes follow the item.
        case trailingBytes = "trailing_bytes"
        /// Not well-formed: a reserved value, a stray break, a wrong chunk (RFC 8949 §3, App. F).
        case malformed = "malformed"
        /// An indefinite length where only definite ones are allowed.
        case indefiniteLength = "indefinite_length"
        /// Items nest deeper than `CBORLimits.depthMax`.
        case depthExceeded = "depth_exceeded"
        /// A map holds the same key twice.
        case duplicateKey = "duplicate_key"
        /// A text string is not UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// The item is of another type than the one asked for.
        case typeMismatch = "type_mismatch"
        /// The number does not fit the type asked for.
        case numberOutOfRange = "number_out_of_range"
        /// A map lacks a key that the type requires.
        case keyNotFound = "key_not_found"
        /// There is no item, or a null, where a value is required.
        case valueNotFound = "value_not_found"
        /// The type itself refused the value.
        case invalidValue = "invalid_value"
        /// An item of a sequence is longer than its reader allows.
        case itemTooLarge = "item_too_large"
        /// A sequence holds an item of a kind that its reader does not know.
        case unexpectedItem = "unexpected_item"
        /// A coding container was used after its parent had gone on or its call had ended.
        case containerClosed = "container_closed"
    }

    /// The kind of failure.
    public var code: Code
    /// The byte the failure was noticed at, from zero.
    public var offset: Int
    /// The place inside the value, empty at its top.
    public var path: String
    /// What was wrong, in one clause.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, offset: Int, path: String = "", _ message: String) {
        self.code = code
        self.offset = offset
        self.path = path
        self.message = message
    }

    /// Code, place, byte and message in one line.
    public var description: String {
        let place = self.path.isEmpty ? "" : " at \(self.path)"
        return "\(self.code.rawValue)\(place), byte \(self.offset): \(self.message)"
    }
}
