#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A key of a map being read; valid while the input is.
public struct CBORMapKey: CustomStringConvertible {
    /// What follows the head.
    @usableFromInline let content: UnsafePointer<UInt8>
    @usableFromInline let argument: UInt64
    @usableFromInline let headBytes: Int
    @usableFromInline let initial: UInt8

    @inlinable @inline(__always)
    init(content: UnsafePointer<UInt8>, argument: UInt64, headBytes: Int, initial: UInt8) {
        self.content = content
        self.argument = argument
        self.headBytes = headBytes
        self.initial = initial
    }

    /// The key as an integer, or nil when it is another type or beyond `Int`.
    @inlinable public var intValue: Int? {
        guard self.initial < 0x40, self.argument <= UInt64(Int.max) else { return nil }
        let magnitude = Int(truncatingIfNeeded: self.argument)
        return self.initial < 0x20 ? magnitude : ~magnitude
    }

    /// The key as text, or nil when it is another type.
    public var stringValue: String? {
        guard self.isText else { return nil }
        let count = Int(truncatingIfNeeded: self.argument)
        return String(
            decoding: UnsafeBufferPointer(start: self.content, count: count), as: UTF8.self)
    }

    @usableFromInline var isText: Bool { self.initial >> 5 == 3 && self.initial & 31 != 31 }

    /// Whether the key is this text; makes no string.
    @inlinable
    public func isText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard self.argument == UInt64(truncatingIfNeeded: count), self.isText else { return false }
        return text.withUTF8Buffer { literal in
            for index in 0..<count where self.content[index] != literal[index] { return false }
            return true
        }
    }

    /// The key as it is named in messages.
    public var description: String {
        if let text = self.stringValue { return "\"\(text)\"" }
        if let number = self.intValue { return "\(number)" }
        switch self.initial >> 5 {
        case 0: return "\(self.argument)"
        case 1: return "-1-\(self.argument)"
        default: return CBORReader.kind(self.initial)
        }
    }
}

/// A key with its extent, comparable to others.
struct EncodedKey {
    let key: CBORMapKey
    let byteCount: Int

    init(_ key: CBORMapKey, byteCount: Int) {
        self.key = key
        self.byteCount = byteCount
    }

    /// Reads the key at an address, which has been checked.
    init(at start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) {
        var reader = CBORReader(
            base: start, end: end - start,
            limits: CBORLimits(depthMax: .max, inputBytesMax: .max, allowsIndefiniteLengths: true))
        reader.checksKeys = false
        let none = CBORMapKey(content: start, argument: 0, headBytes: 0, initial: 0xff)
        self.key = (try? reader.anyKey()) ?? none
        self.byteCount = reader.position
    }

    var start: UnsafePointer<UInt8> { self.key.content - self.key.headBytes }

    /// Whether this key comes after the other in the order of RFC 8949 §4.2.1.
    ///
    /// Integers and strings compare by value, whatever form their heads take, so that neither
    /// ascending nor the other way round means the same key. Others compare by their bytes.
    func isAscending(after other: EncodedKey) -> Bool {
        let (rank, otherRank) = (self.rank, other.rank)
        if rank != otherRank { return rank > otherRank }
        if rank < 4, self.key.argument != other.key.argument {
            return self.key.argument > other.key.argument
        }
        let isString = rank < 4
        let mine = isString ? self.key.headBytes : 0
        let theirs = isString ? other.key.headBytes : 0
        let count = min(self.byteCount - mine, other.byteCount - theirs)
        for index in 0..<count {
            let (left, right) = (self.start[mine + index], other.start[theirs + index])
            if left != right { return left > right }
        }
        return self.byteCount - mine > other.byteCount - theirs
    }

    /// The major type; one more than all of them for what compares by its bytes.
    private var rank: UInt8 {
        let major = self.key.initial >> 5
        return major < 4 && self.key.initial & 31 != 31 ? major : 8
    }
}

/// Whether the keys of a map ascend so far, in which case none comes twice.
@usableFromInline
struct KeyOrder {
    /// The first byte of the newest key, or 256 when that byte alone does not tell its place.
    @usableFromInline var newestInitial: Int16 = -1
    @usableFromInline var newestStart = 0
    @usableFromInline var isKnownDistinct = false

    @inlinable
    init() {}
}

extension CBORReader {
    /// Whether a key that was just read, and started at `start`, ascends or need not.
    @inline(__always)
    func admits(_ key: CBORMapKey, at start: Int, _ order: inout KeyOrder) -> Bool {
        let isShort = key.initial & 31 < 24
        let isPlainlyAfter = isShort && Int16(key.initial) > order.newestInitial
        let isAscending =
            isPlainlyAfter || order.isKnownDistinct || self.isAscending(key, at: start, order)
        order.newestInitial = isShort ? Int16(key.initial) : 256
        order.newestStart = start
        return isAscending
    }

    @inline(never)
    private func isAscending(_ key: CBORMapKey, at start: Int, _ order: KeyOrder) -> Bool {
        guard order.newestInitial >= 0 else { return true }
        if Int16(key.initial) == order.newestInitial, (2...3).contains(key.initial >> 5) {
            // Strings of the same short length.
            let newest = self.base + (order.newestStart + key.headBytes)
            return memcmp(newest, key.content, Int(truncatingIfNeeded: key.argument)) < 0
        }
        let newest = EncodedKey(at: self.base + order.newestStart, before: self.base + start)
        return EncodedKey(key, byteCount: self.cursor - start).isAscending(after: newest)
    }
}
