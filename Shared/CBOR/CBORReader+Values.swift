extension CBORReader {
    /// Reads an integer of any width.
    ///
    /// Throws `numberOutOfRange` when it does not fit; never rounds.
    @inlinable @inline(__always)
    public mutating func integer<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws -> Number {
        let start = self.cursor
        let (initial, argument) = try self.head()
        if initial < 0x20 {
            guard let number = Number(exactly: argument) else {
                throw self.outOfRange(at: start, "\(argument)", "\(type)")
            }
            return number
        }
        guard initial < 0x40 else { throw self.mismatch("an integer", at: start) }
        guard Number.isSigned, argument <= UInt64(Int64.max),
            let number = Number(exactly: ~Int64(bitPattern: argument))
        else {
            throw self.outOfRange(at: start, "-1-\(argument)", "\(type)")
        }
        return number
    }

    /// Reads an integer that fits `Int`.
    @inlinable @inline(__always)
    public mutating func int() throws -> Int {
        if self.cursor < self.end, self.base[self.cursor] < 24 {
            self.cursor &+= 1
            return Int(self.base[self.cursor &- 1])
        }
        return try self.longInt()
    }

    @usableFromInline @inline(never)
    mutating func longInt() throws -> Int { try self.integer(Int.self) }

    /// Reads an integer from zero up.
    @inlinable
    public mutating func uint() throws -> UInt64 { try self.integer(UInt64.self) }

    @usableFromInline @inline(never)
    func outOfRange(at offset: Int, _ number: String, _ type: String) -> CBORError {
        CBORError(.numberOutOfRange, offset: offset, "\(number) does not fit \(type)")
    }

    /// Reads a text string.
    public mutating func string() throws -> String {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 3 else { throw self.mismatch("a text string", at: start) }
        let content = try self.textContent(argument)
        let utf8 = UnsafeBufferPointer(start: content, count: Int(truncatingIfNeeded: argument))
        if #available(macOS 26, *) {
            // The bytes have been checked; no other initializer leaves that out.
            return String(copying: UTF8Span(unchecked: utf8.span))
        }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// Moves past the content of a text string and checks it.
    @inline(__always) @discardableResult
    mutating func textContent(_ count: UInt64) throws -> UnsafePointer<UInt8> {
        let content = try self.take(count)
        let count = Int(truncatingIfNeeded: count)
        if UTF8Validation.firstInvalid(content, count) != nil {
            throw self.invalidText(at: self.cursor - count, count)
        }
        return content
    }

    /// The error for a text at an offset, which points at the first byte that is wrong.
    @inline(never)
    private func invalidText(at offset: Int, _ count: Int) -> CBORError {
        let bad = UTF8Validation.firstInvalid(self.base + offset, count) ?? 0
        return CBORError(.invalidUTF8, offset: offset + bad, "the text is not UTF-8")
    }

    /// Reads a byte string.
    public mutating func bytes() throws -> [UInt8] {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 2 else { throw self.mismatch("a byte string", at: start) }
        let content = try self.take(argument)
        return Array(
            UnsafeBufferPointer(start: content, count: Int(truncatingIfNeeded: argument)))
    }

    /// Reads `true` or `false`.
    @inlinable
    public mutating func bool() throws -> Bool {
        let initial = try self.peek()
        guard initial | 1 == 0xf5 else { throw self.mismatch("a Boolean", at: self.cursor) }
        self.cursor &+= 1
        return initial == 0xf5
    }

    /// Reads `null`.
    @inlinable
    public mutating func null() throws {
        guard try self.skipNull() else { throw self.mismatch("null", at: self.cursor) }
    }

    /// Moves past `null` or `undefined`, if that is what comes next.
    @inlinable
    public mutating func skipNull() throws -> Bool {
        let initial = try self.peek()
        guard initial == 0xf6 || initial == 0xf7 else { return false }
        self.cursor &+= 1
        return true
    }

    /// Reads a floating-point number of any width, or an integer that `Double` holds exactly.
    public mutating func double() throws -> Double {
        let start = self.cursor
        let (initial, argument) = try self.head()
        switch initial {
        case 0xfb: return Double(bitPattern: argument)
        case 0xfa: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: argument)))
        case 0xf9: return Double(HalfPrecision.value(UInt16(truncatingIfNeeded: argument)))
        case 0..<0x20:
            guard let number = Double(exactly: argument) else {
                throw self.outOfRange(at: start, "\(argument)", "Double")
            }
            return number
        case 0x20..<0x40:
            guard argument < .max, let magnitude = Double(exactly: argument &+ 1) else {
                throw self.outOfRange(at: start, "-1-\(argument)", "Double")
            }
            return -magnitude
        default: throw self.mismatch("a number", at: start)
        }
    }

    /// Reads a number as `Float`, rounded to the nearest when it was sent with more precision.
    ///
    /// Throws `numberOutOfRange` for a finite number beyond `Float`, and for an integer that
    /// `Float` does not hold exactly.
    public mutating func float() throws -> Float {
        let start = self.cursor
        let isInteger = try self.peek() < 0x40
        let wide = try self.double()
        let number = Float(wide)
        if wide.isFinite, !number.isFinite || isInteger && Double(number) != wide {
            throw self.outOfRange(at: start, "\(wide)", "Float")
        }
        return number
    }

    /// Reads a tag number; the item it applies to follows.
    public mutating func tag() throws -> UInt64 {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 6 else { throw self.mismatch("a tag", at: start) }
        return argument
    }

    /// Reads one item as any decodable type.
    ///
    /// For the fields of a directly coded type whose own type is merely `Decodable`.
    public mutating func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try Decoding.item(type, from: &self)
    }
}
