/// What the code that `@Message` writes calls besides reading plain values.
extension CBORReader {
    /// Reads the next key of a map whose keys are numbers, or returns nil at the end.
    ///
    /// A key of another type, or beyond `Int`, is given as `Int.min`; its value is there to be
    /// skipped. Throws `duplicateKey` when any key of the map comes twice.
    @inlinable @inline(__always)
    public mutating func number(in map: inout CBORMapCursor) throws -> Int? {
        map.remaining &-= 1
        guard map.remaining >= 0 else {
            if map.remaining == -1 { self.depth &-= 1 }
            return nil
        }
        let start = self.cursor
        if start < self.end {
            let initial = self.base[start]
            if initial < 24, Int16(initial) > map.order.newestInitial {
                map.order.newestInitial = Int16(initial)
                map.order.newestStart = start
                self.cursor = start &+ 1
                return Int(initial)
            }
        }
        return try self.otherNumber(in: &map)
    }

    @usableFromInline @inline(never)
    mutating func otherNumber(in map: inout CBORMapCursor) throws -> Int {
        try self.otherKey(in: &map).intValue ?? .min
    }

    /// Reads a map of which no key is known.
    public mutating func emptyMap() throws {
        var map = try self.mapHead()
        while try self.key(in: &map) != nil { try self.skip() }
    }

    /// The case that a map with one known key stands for.
    @inlinable
    public func chosen<Choice>(_ choice: Choice?, in map: CBORMapCursor) throws -> Choice {
        guard let choice else {
            throw CBORError(
                .invalidValue, offset: map.content - 1, "no key of the map names a case")
        }
        return choice
    }

    /// The error to throw when two keys of a map name cases.
    public func secondChoice(in map: CBORMapCursor) -> CBORError {
        CBORError(
            .invalidValue, offset: map.content - 1, "more than one key of the map names a case")
    }

    /// The error to throw for a number that the type asked for does not know.
    public func unknown(
        _ number: some FixedWidthInteger, at offset: Int, _ type: Any.Type
    ) -> CBORError {
        CBORError(.invalidValue, offset: offset, "\(number) is no \(type)")
    }
}
