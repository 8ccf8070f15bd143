/// Takes a stream of items apart as its bytes arrive.
///
/// ```swift
/// var reader = CBORSequenceReader(messageBytesMax: 1 << 20)
/// reader.append(chunk)
/// while let item = try reader.next() { … }
/// ```
/// A length is checked against its limit as soon as its head is there, before its content is
/// waited for. Each byte is looked at once, however small the chunks. After an error the stream
/// is of no more use.
public struct CBORSequenceReader: Sendable {
    /// How long the content of a message may be.
    public let messageBytesMax: Int
    /// How long an encoded map may be.
    public let mapBytesMax: Int

    private var buffer: [UInt8] = []
    /// Where the item that comes next starts in the buffer.
    private var start = 0
    /// Bytes of the stream that are no longer in the buffer.
    private var dropped = 0
    private var scan = MapScan()

    /// Makes a reader at the start of a stream.
    public init(messageBytesMax: Int, mapBytesMax: Int = 64 << 10) {
        self.messageBytesMax = messageBytesMax
        self.mapBytesMax = mapBytesMax
    }

    /// How many bytes wait for the rest of their item; zero at the end of a whole stream.
    public var pendingBytes: Int { self.buffer.count - self.start }

    /// Adds bytes to the end of the stream.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        self.compact()
        self.buffer.append(contentsOf: bytes)
    }

    /// Drops what has been read, once that is most of the buffer.
    private mutating func compact() {
        guard self.start > 0, self.start >= self.buffer.count - self.start else { return }
        self.dropped += self.start
        self.buffer.removeSubrange(..<self.start)
        self.start = 0
    }

    /// The next item, or nil when it is not all there.
    ///
    /// Throws `itemTooLarge` for one above its limit, `unexpectedItem` for any other kind of item,
    /// `malformed`, `indefiniteLength` or `depthExceeded` for what is not strict CBOR. Offsets
    /// count from the start of the stream.
    public mutating func next() throws -> CBORSequence.Item? {
        guard self.start < self.buffer.count else { return nil }
        let initial = self.buffer[self.start]
        switch CBORMajor(rawValue: initial >> 5) {
        case .bytes: return try self.message()
        case .map: return try self.map()
        default:
            guard initial == 0xf6 else {
                throw CBORError(
                    .unexpectedItem, offset: self.dropped + self.start,
                    "expected a message, null or a map, found \(CBORReader.kind(initial))")
            }
            self.start += 1
            return .null
        }
    }

    private mutating func message() throws -> CBORSequence.Item? {
        guard let head = try MapScan.head(self.buffer, at: self.start, origin: self.dropped) else {
            return nil
        }
        guard head.argument <= UInt64(max(self.messageBytesMax, 0)) else {
            throw self.tooLarge("\(head.argument)", self.messageBytesMax)
        }
        let content = self.start + head.size
        let end = content + Int(head.argument)
        guard end <= self.buffer.count else { return nil }
        let message = Array(self.buffer[content..<end])
        self.start = end
        return .message(message)
    }

    private mutating func map() throws -> CBORSequence.Item? {
        let isWhole = try self.scan.advance(
            over: self.buffer, from: self.start, bytesMax: self.mapBytesMax, origin: self.dropped)
        guard self.scan.length <= self.mapBytesMax else {
            throw self.tooLarge("\(self.scan.length) or more", self.mapBytesMax)
        }
        guard isWhole else { return nil }
        let end = self.start + self.scan.length
        let map = Array(self.buffer[self.start..<end])
        self.start = end
        self.scan = MapScan()
        return .map(map)
    }

    private func tooLarge(_ length: String, _ limit: Int) -> CBORError {
        CBORError(
            .itemTooLarge, offset: self.dropped + self.start,
            "an item of \(length) bytes is longer than the \(limit) allowed")
    }
}

/// Finds the end of a map whose bytes arrive piece by piece.
private struct MapScan: Sendable {
    /// How far the map is known to reach; more than has arrived inside a string.
    private(set) var length = 0
    /// Items still to come, a number for each open level; the outermost is the map itself.
    private var left: [UInt64] = [1]

    /// Goes on where it stopped; true when the map is whole.
    mutating func advance(
        over buffer: [UInt8], from start: Int, bytesMax: Int, origin: Int
    ) throws -> Bool {
        while let items = self.left.last, self.length <= bytesMax {
            if items == 0 {
                self.left.removeLast()
                continue
            }
            let place = start + self.length
            guard let head = try Self.head(buffer, at: place, origin: origin) else { return false }
            self.left[self.left.count - 1] -= 1
            self.length += head.size
            switch head.major {
            case .bytes, .text:
                let limit = UInt64(max(bytesMax, 0))
                self.length += Int(min(head.argument, limit + 1))
            case .array: try self.open(head.argument, 1, bytesMax, origin + place)
            case .map: try self.open(head.argument, 2, bytesMax, origin + place)
            case .tag: try self.open(1, 1, bytesMax, origin + place)
            case .unsigned, .negative, .simple: break
            }
        }
        return start + self.length <= buffer.count
    }

    private mutating func open(
        _ count: UInt64, _ itemsEach: UInt64, _ bytesMax: Int, _ offset: Int
    ) throws {
        guard self.left.count <= CBORLimits.depthMaxDefault else {
            throw CBORError(
                .depthExceeded, offset: offset,
                "items nest deeper than \(CBORLimits.depthMaxDefault) levels")
        }
        // Every item takes a byte, so more of them than bytes allowed end the scan.
        guard count <= UInt64(max(bytesMax, 0)) else {
            self.length = bytesMax + 1
            return
        }
        self.left.append(count * itemsEach)
    }

    /// The head at an offset, or nil when it is not all there.
    static func head(
        _ buffer: [UInt8], at offset: Int, origin: Int
    ) throws -> (major: CBORMajor, argument: UInt64, size: Int)? {
        guard offset < buffer.count else { return nil }
        let initial = buffer[offset]
        let extra = initial & 31 < 24 ? 0 : 1 << Int(initial & 3)
        let isReserved = initial & 31 > 27
        guard isReserved || offset + extra < buffer.count else { return nil }
        return try buffer.withUnsafeBytes { bytes in
            let part = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            var reader = CBORReader(part)
            do {
                let (_, argument) = try reader.head()
                let major = CBORMajor(rawValue: initial >> 5) ?? .simple
                return (major, argument, reader.position)
            } catch var error as CBORError {
                error.offset += origin + offset
                throw error
            }
        }
    }
}
