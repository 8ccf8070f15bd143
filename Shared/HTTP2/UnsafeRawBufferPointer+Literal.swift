extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of a literal.
    ///
    /// Names of header fields are compared many times a request, and have 8 to 16 bytes for the most
    /// part: two words then, which overlap.
    @inlinable
    public func isEqual(to text: StaticString) -> Bool {
        let count = self.count
        guard count == text.utf8CodeUnitCount else { return false }
        let literal = UnsafeRawBufferPointer(start: text.utf8Start, count: count)
        guard 8...16 ~= count else { return self.elementsEqual(literal) }
        func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        return word(self, 0) == word(literal, 0)
            && word(self, count - 8) == word(literal, count - 8)
    }
}
