/// Reads CBOR items one after another from bytes that it borrows.
///
/// Strict: definite lengths, UTF-8, no duplicate keys, bounded nesting; integers in a longer form
/// than needed are tolerated. A function that throws leaves the position undefined. Every read
/// is checked against the end of the input. The bytes must outlive the reader; `read` sees to it.
public struct CBORReader {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: Int
    /// The offset of the next byte.
    public internal(set) var position: Int {
        @inlinable get { self.cursor }
        set { self.cursor = newValue }
    }
    @usableFromInline var cursor = 0
    @usableFromInline var depth = 0
    var sawIndefiniteLength = false
    var checksKeys = true
    /// What the reader accepts.
    public let limits: CBORLimits

    /// Makes a reader at the start of `bytes`.
    public init(_ bytes: UnsafeRawBufferPointer, limits: CBORLimits = .default) {
        // An empty buffer may have no address; nothing is ever read through this one.
        let address = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        self.init(
            base: address.assumingMemoryBound(to: UInt8.self), end: bytes.count, limits: limits)
    }

    init(base: UnsafePointer<UInt8>, end: Int, at position: Int = 0, limits: CBORLimits) {
        self.base = base
        self.end = end
        self.cursor = position
        self.limits = limits
    }

    /// Lends a reader of `bytes` to `body`, which must read all of them.
    public static func read<Result>(
        _ bytes: [UInt8], limits: CBORLimits = .default,
        _ body: (inout CBORReader) throws -> Result
    ) throws -> Result {
        try bytes.withUnsafeBytes { buffer in
            var reader = CBORReader(buffer, limits: limits)
            try reader.checkInput()
            let result = try body(&reader)
            try reader.finish()
            return result
        }
    }

    /// Whether all input has been read.
    @inlinable public var isAtEnd: Bool { self.cursor >= self.end }

    @inlinable var remaining: Int { self.end &- self.cursor }

    func checkInput() throws {
        if self.end == 0 { throw CBORError(.emptyInput, offset: 0, "there is no input") }
        if self.end > self.limits.inputBytesMax {
            throw CBORError(
                .inputTooLarge, offset: 0,
                "\(self.end) bytes are more than the \(self.limits.inputBytesMax) allowed")
        }
    }

    /// Throws unless all input has been read.
    public func finish() throws {
        if self.cursor < self.end {
            throw CBORError(
                .trailingBytes, offset: self.cursor,
                "\(self.end - self.cursor) bytes follow the item")
        }
    }

    /// The first byte of the next item, which tells its type; does not move.
    @inlinable @inline(__always)
    public func peek() throws -> UInt8 {
        guard self.cursor < self.end else { throw self.truncated() }
        return self.base[self.cursor]
    }

    /// Reads the head of an item: its first byte (major type in the top three bits) and argument.
    ///
    /// For major type 7 the argument holds the bits of the number or the simple value.
    @inlinable @inline(__always)
    public mutating func head() throws -> (initial: UInt8, argument: UInt64) {
        let initial = try self.peek()
        self.cursor &+= 1
        let info = initial & 31
        if info < 24 { return (initial, UInt64(info)) }
        if info == 24, self.cursor < self.end {
            self.cursor &+= 1
            return (initial, UInt64(self.base[self.cursor &- 1]))
        }
        return (initial, try self.longArgument(initial))
    }

    /// As `head`, but reads the head of an indefinite-length item as well, where limits allow it.
    ///
    /// The low five bits of such a first byte are all set and the argument is zero.
    @inline(__always)
    mutating func headOrIndefinite() throws -> (initial: UInt8, argument: UInt64) {
        let initial = try self.peek()
        self.cursor &+= 1
        let info = initial & 31
        if info < 24 { return (initial, UInt64(info)) }
        return (initial, try self.longOrNoArgument(initial))
    }

    @inline(never)
    private mutating func longOrNoArgument(_ initial: UInt8) throws -> UInt64 {
        let isOpen = initial & 31 == 31 && (2...5).contains(initial >> 5)
        guard isOpen, self.limits.allowsIndefiniteLengths else {
            return try self.longArgument(initial)
        }
        self.sawIndefiniteLength = true
        return 0
    }

    @usableFromInline @inline(never)
    mutating func longArgument(_ initial: UInt8) throws -> UInt64 {
        let info = initial & 31
        guard info < 28 else { throw self.reserved(initial) }
        let size = 1 &<< Int(info &- 24)
        guard size <= self.remaining else { throw self.truncated() }
        let place = UnsafeRawPointer(self.base + self.cursor)
        self.cursor &+= size
        switch size {
        case 1: return UInt64(place.load(as: UInt8.self))
        case 2: return UInt64(UInt16(bigEndian: place.loadUnaligned(as: UInt16.self)))
        case 4: return UInt64(UInt32(bigEndian: place.loadUnaligned(as: UInt32.self)))
        default: return UInt64(bigEndian: place.loadUnaligned(as: UInt64.self))
        }
    }

    private func reserved(_ initial: UInt8) -> CBORError {
        let offset = self.cursor - 1
        guard initial & 31 == 31 else {
            return CBORError(
                .malformed, offset: offset, "additional information \(initial & 31) is reserved")
        }
        switch initial >> 5 {
        case 2...5:
            return CBORError(
                .indefiniteLength, offset: offset, "the length must be definite")
        case 7:
            return CBORError(.malformed, offset: offset, "a break outside an indefinite item")
        default:
            return CBORError(.malformed, offset: offset, "this type has no indefinite length")
        }
    }

    /// Moves past `count` bytes of content and returns where they start.
    @inlinable @inline(__always)
    mutating func take(_ count: UInt64) throws -> UnsafePointer<UInt8> {
        guard count <= UInt64(truncatingIfNeeded: self.remaining) else {
            throw self.declaresTooMuch(count)
        }
        let place = self.base + self.cursor
        self.cursor &+= Int(truncatingIfNeeded: count)
        return place
    }

    @usableFromInline @inline(never)
    func truncated() -> CBORError {
        CBORError(.truncated, offset: self.end, "the input ends inside an item")
    }

    @usableFromInline @inline(never)
    func declaresTooMuch(_ count: UInt64) -> CBORError {
        CBORError(
            .truncated, offset: self.cursor,
            "a length of \(count) is declared, \(self.remaining) bytes are left")
    }

    @usableFromInline @inline(never)
    func mismatch(_ expected: StaticString, at offset: Int) -> CBORError {
        let found = offset < self.end ? CBORReader.kind(self.base[offset]) : "nothing"
        return CBORError(
            .typeMismatch, offset: offset, "expected \(expected), found \(found)")
    }

    /// What the item that starts with this byte is called.
    static func kind(_ initial: UInt8) -> String {
        switch initial {
        case 0xf4, 0xf5: "a Boolean"
        case 0xf6: "null"
        case 0xf7: "undefined"
        case 0xf9...0xfb: "a floating-point number"
        default: (CBORMajor(rawValue: initial >> 5) ?? .simple).name
        }
    }
}
