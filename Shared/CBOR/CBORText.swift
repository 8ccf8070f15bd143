/// A text string that is looked at where it lies; valid while the input is.
public struct CBORText {
    @usableFromInline let content: UnsafePointer<UInt8>
    /// How many bytes the text has in UTF-8.
    public let utf8Count: Int
    /// Where the item starts.
    @usableFromInline let offset: Int

    @inlinable
    init(content: UnsafePointer<UInt8>, utf8Count: Int, offset: Int) {
        self.content = content
        self.utf8Count = utf8Count
        self.offset = offset
    }

    /// Whether this is the text; makes no string.
    @inlinable
    public func isText(_ text: StaticString) -> Bool {
        guard self.utf8Count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { literal in
            for index in 0..<self.utf8Count where self.content[index] != literal[index] {
                return false
            }
            return true
        }
    }

    /// Lends the bytes of the text.
    @inlinable
    public func withUTF8<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeBufferPointer(start: self.content, count: self.utf8Count))
    }
}

extension CBORReader {
    /// Moves past a text string and lends it, checked, without making a `String`.
    public mutating func text() throws -> CBORText {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 3 else { throw self.mismatch("a text string", at: start) }
        let content = try self.textContent(argument)
        return CBORText(
            content: content, utf8Count: Int(truncatingIfNeeded: argument), offset: start)
    }

    /// The error to throw for a text that the type asked for does not know.
    public func unknown(_ text: CBORText, _ type: Any.Type) -> CBORError {
        CBORError(
            .invalidValue, offset: text.offset,
            "\(text.withUTF8 { String(decoding: $0, as: UTF8.self) }.debugDescription) is no "
                + "\(type)")
    }
}
