extension CBORWriter {
    /// Appends a signed integer.
    @inlinable @inline(__always)
    public mutating func int(_ value: some SignedInteger & FixedWidthInteger) {
        let wide = Int64(truncatingIfNeeded: value)
        if wide >= 0 {
            self.head(.unsigned, UInt64(bitPattern: wide))
        } else {
            self.head(.negative, UInt64(bitPattern: ~wide))
        }
    }

    /// Appends an unsigned integer.
    @inlinable @inline(__always)
    public mutating func uint(_ value: some UnsignedInteger & FixedWidthInteger) {
        self.head(.unsigned, UInt64(truncatingIfNeeded: value))
    }

    /// Appends a text string.
    @inlinable
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            self.head(.text, UInt64(utf8.count))
            self.raw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// Appends a text string known when the program was compiled, such as a key.
    @inlinable @inline(__always)
    public mutating func string(literal value: StaticString) {
        value.withUTF8Buffer { utf8 in
            self.head(.text, UInt64(utf8.count))
            self.raw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// Appends a text string given as its bytes, which must be UTF-8.
    @inlinable
    public mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) {
        self.head(.text, UInt64(utf8.count))
        self.raw(UnsafeRawBufferPointer(utf8))
    }

    /// Appends a byte string.
    @inlinable
    public mutating func bytes(_ value: [UInt8]) {
        value.withUnsafeBytes { self.bytes($0) }
    }

    /// Appends a byte string.
    @inlinable
    public mutating func bytes(_ value: UnsafeRawBufferPointer) {
        self.head(.bytes, UInt64(value.count))
        self.raw(value)
    }

    /// Appends `true` or `false`.
    @inlinable @inline(__always)
    public mutating func bool(_ value: Bool) { self.byte(value ? 0xf5 : 0xf4) }

    /// Appends `null`.
    @inlinable @inline(__always)
    public mutating func null() { self.byte(0xf6) }

    /// Appends the head of an array of `count` items.
    @inlinable @inline(__always)
    public mutating func arrayHead(_ count: Int) {
        self.head(.array, UInt64(truncatingIfNeeded: count))
    }

    /// Appends the head of a map of `count` entries, each a key and a value.
    @inlinable @inline(__always)
    public mutating func mapHead(_ count: Int) {
        self.head(.map, UInt64(truncatingIfNeeded: count))
    }

    /// Appends a tag number; the item it applies to follows.
    @inlinable @inline(__always)
    public mutating func tag(_ number: UInt64) { self.head(.tag, number) }

    /// Appends a number in the shortest of the three formats that keeps its value.
    ///
    /// Every NaN becomes `f97e00` (RFC 8949 §4.2.2).
    public mutating func float(_ value: Float) {
        if let half = HalfPrecision.bits(exactly: value) {
            self.reserve(3)
            let place = self.base + self.used
            place.storeBytes(of: 0xf9, as: UInt8.self)
            (place + 1).storeBytes(of: half.bigEndian, as: UInt16.self)
            self.used &+= 3
        } else {
            self.reserve(5)
            let place = self.base + self.used
            place.storeBytes(of: 0xfa, as: UInt8.self)
            (place + 1).storeBytes(of: value.bitPattern.bigEndian, as: UInt32.self)
            self.used &+= 5
        }
    }

    /// Appends a number in the shortest of the three formats that keeps its value.
    ///
    /// Every NaN becomes `f97e00` (RFC 8949 §4.2.2).
    public mutating func double(_ value: Double) {
        let single = Float(value)
        if Double(single) == value || value.isNaN { return self.float(single) }
        self.reserve(9)
        let place = self.base + self.used
        place.storeBytes(of: 0xfb, as: UInt8.self)
        (place + 1).storeBytes(of: value.bitPattern.bigEndian, as: UInt64.self)
        self.used &+= 9
    }

    /// Appends any encodable value as one item.
    ///
    /// For the fields of a directly coded type whose own type is merely `Encodable`.
    public mutating func encode(_ value: some Encodable) throws {
        try Encoding.withItem(value) { self.raw($0) }
    }
}
