/// A key of a map being read; valid while the input is.
public struct CBORMapKey: CustomStringConvertible {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let start: Int
    @usableFromInline let content: Int
    @usableFromInline let end: Int
    @usableFromInline let major: UInt8
    @usableFromInline let argument: UInt64

    @usableFromInline @inline(__always)
    init(
        base: UnsafePointer<UInt8>, start: Int, content: Int, end: Int, major: UInt8,
        argument: UInt64
    ) {
        self.base = base
        self.start = start
        self.content = content
        self.end = end
        self.major = major
        self.argument = argument
    }

    /// What the first key of a map comes after.
    @usableFromInline static var none: CBORMapKey {
        CBORMapKey(
            base: UnsafePointer(bitPattern: 1).unsafelyUnwrapped, start: 0, content: 0, end: 0,
            major: 0xff, argument: 0)
    }

    /// The key as an integer, or nil when it is another type or beyond `Int`.
    @inlinable public var intValue: Int? {
        guard self.major < 2, self.argument <= UInt64(Int.max) else { return nil }
        let magnitude = Int(truncatingIfNeeded: self.argument)
        return self.major == 0 ? magnitude : ~magnitude
    }

    /// The key as text, or nil when it is another type.
    public var stringValue: String? {
        guard self.major == 3 else { return nil }
        return String(decoding: self.contentBytes, as: UTF8.self)
    }

    /// Whether the key is this text; makes no string.
    @inlinable
    public func isText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard self.major == 3, self.argument == UInt64(truncatingIfNeeded: count) else {
            return false
        }
        let content = self.base + self.content
        return text.withUTF8Buffer { literal in
            for index in 0..<count where content[index] != literal[index] { return false }
            return true
        }
    }

    var contentBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: self.base + self.content, count: self.end - self.content)
    }

    /// The key as it is named in messages.
    public var description: String {
        if let text = self.stringValue { return "\"\(text)\"" }
        switch self.major {
        case 0: return "\(self.argument)"
        case 1: return self.intValue.map { "\($0)" } ?? "-1-\(self.argument)"
        default: return CBORReader.kind(self.base[self.start])
        }
    }

    /// Whether this key comes after the other in the order of RFC 8949 §4.2.1.
    ///
    /// Integers and strings compare by value, whatever form their heads take, so that neither
    /// ascending nor the other way round means the same key.
    @inlinable @inline(__always)
    func isAscending(after other: CBORMapKey) -> Bool {
        if self.major != other.major { return other.major == 0xff || self.major > other.major }
        if self.major < 4, self.argument != other.argument {
            return self.argument > other.argument
        }
        return self.major < 2 ? false : self.isContentAscending(after: other)
    }

    @usableFromInline @inline(never)
    func isContentAscending(after other: CBORMapKey) -> Bool {
        let isString = self.major < 4
        let mine = isString ? self.content : self.start
        let theirs = isString ? other.content : other.start
        let count = min(self.end - mine, other.end - theirs)
        for index in 0..<count {
            let (left, right) = (self.base[mine + index], other.base[theirs + index])
            if left != right { return left > right }
        }
        return self.end - mine > other.end - theirs
    }
}
