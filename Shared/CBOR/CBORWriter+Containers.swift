extension CBORWriter {
    /// Begins a map of `count` entries, each a key and a value, to be ended by `endMap`.
    ///
    /// Throws `depthExceeded` when it would lie deeper than a decoder accepts.
    @inlinable @inline(__always)
    public mutating func beginMap(_ count: Int) throws {
        try self.enter()
        self.mapHead(count)
    }

    /// Ends a map.
    @inlinable @inline(__always)
    public mutating func endMap() { self.level &-= 1 }

    /// Begins an array of `count` elements, to be ended by `endArray`.
    ///
    /// Throws `depthExceeded` when it would lie deeper than a decoder accepts.
    @inlinable @inline(__always)
    public mutating func beginArray(_ count: Int) throws {
        try self.enter()
        self.arrayHead(count)
    }

    /// Ends an array.
    @inlinable @inline(__always)
    public mutating func endArray() { self.level &-= 1 }

    @inlinable @inline(__always)
    mutating func enter() throws {
        guard self.level < CBORLimits.depthMaxDefault else { throw self.tooDeep() }
        self.level &+= 1
    }

    @usableFromInline @inline(never)
    func tooDeep() -> CBORError {
        CBORError(
            .depthExceeded, offset: self.used,
            "the value nests deeper than \(CBORLimits.depthMaxDefault) levels")
    }

    /// Appends an integer of any width.
    @inlinable @inline(__always)
    public mutating func integer<Number: FixedWidthInteger>(_ value: Number) {
        if Number.isSigned, value < 0 {
            self.head(.negative, UInt64(bitPattern: ~Int64(truncatingIfNeeded: value)))
        } else {
            self.head(.unsigned, UInt64(truncatingIfNeeded: value))
        }
    }
}
