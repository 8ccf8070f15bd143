extension CBORReader {
    /// Moves past one item of any kind and checks all of it.
    public mutating func skip() throws {
        try self.skip(level: self.depth)
    }

    private mutating func skip(level: Int) throws {
        let (initial, argument) = try self.headOrIndefinite()
        switch initial >> 5 {
        case 0, 1: break
        case 2, 3: try self.skipString(initial, argument)
        case 4:
            try self.checkLevel(level, argument)
            try self.skipElements(initial, argument, level: level + 1)
        case 5:
            try self.checkLevel(level, argument)
            try self.skipEntries(initial, argument, level: level + 1)
        case 6:
            try self.checkLevel(level, 0)
            try self.skip(level: level + 1)
        default: try self.checkSimple(initial, argument)
        }
    }

    /// Moves past an integer of one byte, if that is what comes next.
    @inline(__always)
    private mutating func skipSmall() -> Bool {
        guard self.cursor < self.end, self.base[self.cursor] & 0xdf < 24 else { return false }
        self.cursor &+= 1
        return true
    }

    func checkLevel(_ level: Int, _ count: UInt64) throws {
        guard count <= UInt64(self.remaining) else { throw self.declaresTooMuch(count) }
        guard level < self.limits.depthMax else { throw self.tooDeep() }
    }

    /// Simple values below 32 have a one-byte form only (RFC 8949 §3.3).
    func checkSimple(_ initial: UInt8, _ argument: UInt64) throws {
        if initial == 0xf8, argument < 32 {
            throw CBORError(
                .malformed, offset: self.cursor - 2,
                "simple value \(argument) must take one byte")
        }
    }

    private mutating func skipString(_ initial: UInt8, _ argument: UInt64) throws {
        if initial & 31 == 31 {
            while try !self.skipBreak() { _ = try self.chunk(of: initial >> 5) }
        } else if initial >> 5 == 2 {
            _ = try self.take(argument)
        } else {
            try self.textContent(argument)
        }
    }

    /// Reads a chunk of an indefinite-length string: a definite one of the same type.
    mutating func chunk(of major: UInt8) throws -> UnsafeBufferPointer<UInt8> {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == major else {
            throw CBORError(.malformed, offset: start, "a chunk of another type")
        }
        let content = major == 3 ? try self.textContent(argument) : try self.take(argument)
        return UnsafeBufferPointer(start: content, count: Int(truncatingIfNeeded: argument))
    }

    /// Moves past the byte that ends an indefinite-length item, if that is what comes next.
    mutating func skipBreak() throws -> Bool {
        guard try self.peek() == 0xff else { return false }
        self.cursor &+= 1
        return true
    }

    private mutating func skipElements(
        _ initial: UInt8, _ argument: UInt64, level: Int
    ) throws {
        if initial & 31 == 31 {
            while try !self.skipBreak() { try self.skip(level: level) }
        } else {
            for _ in 0..<argument where !self.skipSmall() { try self.skip(level: level) }
        }
    }

    private mutating func skipEntries(
        _ initial: UInt8, _ argument: UInt64, level: Int
    ) throws {
        let outer = self.depth
        self.depth = level
        let content = self.cursor
        let isOpen = initial & 31 == 31
        var order = KeyOrder()
        var isAscending = true
        var count = 0
        while try isOpen ? !self.skipBreak() : count < argument {
            let start = self.cursor
            let key = try self.anyKey()
            // To compare a key reads the one before again: where nobody asks, that must not be done,
            // or the cost of maps in the keys of maps would double at every level.
            if self.checksKeys, isAscending {
                isAscending = self.admits(key, at: start, &order)
            }
            if !self.skipSmall() { try self.skip(level: level) }
            count += 1
        }
        if !isAscending {
            try self.checkKeysDistinct(content: content, count: count)
        }
        self.depth = outer
    }

    /// Moves past one item that has been checked before.
    ///
    /// Still never reads beyond the end, but checks nothing else; takes no recursion.
    mutating func skipChecked() throws {
        var left: UInt64 = 1
        while left > 0 {
            left &-= 1
            let (initial, argument) = try self.head()
            switch initial >> 5 {
            case 2, 3: _ = try self.take(argument)
            case 4: left &+= argument
            case 5: left &+= argument &* 2
            case 6: left &+= 1
            default: break
            }
        }
    }
}
