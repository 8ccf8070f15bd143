/// How far a reader has got in an array.
public struct CBORArrayCursor {
    /// How many elements the array has.
    public let count: Int
    @usableFromInline var remaining: Int

    @inlinable
    init(count: Int) {
        self.count = count
        self.remaining = count
    }
}

/// How far a reader has got in a map.
public struct CBORMapCursor {
    /// How many entries the map has.
    public let count: Int
    @usableFromInline let content: Int
    @usableFromInline var remaining: Int
    @usableFromInline var order = KeyOrder()

    @inlinable
    init(count: Int, content: Int) {
        self.count = count
        self.remaining = count
        self.content = content
    }
}

extension CBORReader {
    /// Reads the head of an array; `element(in:)` then steps through it to its end.
    @inlinable @inline(__always)
    public mutating func arrayHead() throws -> CBORArrayCursor {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 4 else { throw self.mismatch("an array", at: start) }
        return CBORArrayCursor(count: try self.enter(argument))
    }

    /// Whether another element comes; to be read or skipped before the next call.
    @inlinable @inline(__always)
    public mutating func element(in array: inout CBORArrayCursor) -> Bool {
        array.remaining &-= 1
        if array.remaining >= 0 { return true }
        if array.remaining == -1 { self.depth &-= 1 }
        return false
    }

    /// Reads the head of a map; `key(in:)` then steps through it to its end.
    @inlinable @inline(__always)
    public mutating func mapHead() throws -> CBORMapCursor {
        let start = self.cursor
        let (initial, argument) = try self.head()
        guard initial >> 5 == 5 else { throw self.mismatch("a map", at: start) }
        let count = try self.enter(argument)
        return CBORMapCursor(count: count, content: self.cursor)
    }

    /// Reads the next key, or returns nil at the end; its value is to be read or skipped next.
    ///
    /// Throws `duplicateKey` when any key of the map comes twice.
    @inlinable @inline(__always)
    public mutating func key(in map: inout CBORMapCursor) throws -> CBORMapKey? {
        map.remaining &-= 1
        guard map.remaining >= 0 else {
            if map.remaining == -1 { self.depth &-= 1 }
            return nil
        }
        let start = self.cursor
        if start < self.end {
            // A small integer that ascends, as in messages of our own.
            let initial = self.base[start]
            if initial < 24, Int16(initial) > map.order.newestInitial {
                map.order.newestInitial = Int16(initial)
                map.order.newestStart = start
                self.cursor = start &+ 1
                return CBORMapKey(
                    content: self.base + self.cursor, argument: UInt64(initial), headBytes: 1,
                    initial: initial)
            }
        }
        return try self.otherKey(in: &map)
    }

    @usableFromInline @inline(never)
    mutating func otherKey(in map: inout CBORMapCursor) throws -> CBORMapKey {
        let start = self.cursor
        let key = try self.anyKey()
        if !self.admits(key, at: start, &map.order) {
            try self.checkKeysDistinct(content: map.content, count: map.count)
            map.order.isKnownDistinct = true
        }
        return key
    }

    /// Goes one level deeper; checks the depth and that the items declared can be there at all.
    @inlinable @inline(__always)
    mutating func enter(_ count: UInt64) throws -> Int {
        guard count <= UInt64(truncatingIfNeeded: self.remaining) else {
            throw self.declaresTooMuch(count)
        }
        guard self.depth < self.limits.depthMax else { throw self.tooDeep() }
        self.depth &+= 1
        return Int(truncatingIfNeeded: count)
    }

    @usableFromInline @inline(never)
    func tooDeep() -> CBORError {
        CBORError(
            .depthExceeded, offset: self.cursor,
            "items nest deeper than \(self.limits.depthMax) levels")
    }

    /// Moves past a key of any type.
    mutating func anyKey() throws -> CBORMapKey {
        let start = self.cursor
        let (initial, argument) = try self.headOrIndefinite()
        let content = self.base + self.cursor
        switch initial >> 5 {
        case 0, 1: break
        case 2 where initial & 31 != 31: _ = try self.take(argument)
        case 3 where initial & 31 != 31: try self.textContent(argument)
        default:
            self.cursor = start
            try self.skip()
        }
        return CBORMapKey(
            content: content, argument: argument, headBytes: content - (self.base + start),
            initial: initial)
    }

    /// Throws when two of the keys of a map are the same; walks the whole map.
    ///
    /// The maps inside it are not checked on the way, or the cost would double at every level.
    @inline(never)
    func checkKeysDistinct(content: Int, count: Int) throws {
        var walk = self
        walk.cursor = content
        walk.checksKeys = false
        var keys: [EncodedKey] = []
        for _ in 0..<count {
            let start = walk.cursor
            let key = try walk.anyKey()
            keys.append(EncodedKey(key, byteCount: walk.cursor - start))
            try walk.skip()
        }
        keys.sort { $1.isAscending(after: $0) }
        for (previous, key) in zip(keys, keys.dropFirst())
        where !key.isAscending(after: previous) {
            throw CBORError(
                .duplicateKey, offset: max(key.start, previous.start) - self.base,
                "a map has the key \(key.key) twice")
        }
    }

    /// The value of a field that must be there.
    @inlinable @inline(__always)
    public func required<Value>(
        _ value: consuming Value?, _ name: StaticString, in map: CBORMapCursor
    ) throws -> Value {
        guard let value = consume value else { throw self.missing(name, in: map) }
        return value
    }

    /// The error to throw for a field that must be there and is not.
    @inline(never)
    public func missing(_ name: StaticString, in map: CBORMapCursor) -> CBORError {
        CBORError(
            .keyNotFound, offset: map.content - 1, "the map has no entry for \"\(name)\"")
    }
}
