import CBOR
import RPC

/// The body of a streamed answer: a CBOR sequence (RFC 8742).
///
/// A byte string is one message, `null` a heartbeat, and a map, last and exactly once, the end.
enum RPCSequence {
    /// A heartbeat: `null`.
    static let heartbeat: [UInt8] = [0xf6]

    /// A message as an item of the sequence.
    static func item(_ message: [UInt8]) -> [UInt8] {
        var item: [UInt8] = []
        item.reserveCapacity(message.count + 9)
        let count = message.count
        switch count {
        case 0..<24: item.append(0x40 | UInt8(count))
        case 24..<0x100: item.append(contentsOf: [0x58, UInt8(count)])
        case 0x100..<0x1_0000:
            item.append(0x59)
            withUnsafeBytes(of: UInt16(count).bigEndian) { item.append(contentsOf: $0) }
        case 0x1_0000..<0x1_0000_0000:
            item.append(0x5a)
            withUnsafeBytes(of: UInt32(count).bigEndian) { item.append(contentsOf: $0) }
        default:
            item.append(0x5b)
            withUnsafeBytes(of: UInt64(count).bigEndian) { item.append(contentsOf: $0) }
        }
        item.append(contentsOf: message)
        return item
    }

    /// A whole answer with one message that ended well.
    static func whole(_ message: [UInt8]) -> [UInt8] { self.item(message) + [0xa0] }

    /// The message of a request to a streaming method: one byte string, heartbeats aside.
    ///
    /// - Throws: `invalid_argument` for anything else.
    static func onlyMessage(of body: [UInt8]) throws -> [UInt8] {
        var parser = RPCSequenceParser(
            messageBytesMax: body.count, malformed: .invalidArgument)
        parser.append(body)
        guard case .message(let message) = try parser.next(), try parser.next() == .needsMore,
            parser.isEmpty
        else { throw RPCError(.invalidArgument, "the request is not one byte string") }
        return message
    }
}

/// Takes a sequence apart as its bytes come in.
struct RPCSequenceParser {
    enum Event: Equatable {
        /// A message.
        case message([UInt8])
        /// The end map begins: everything from here on is it.
        case end
        /// More bytes have to come first.
        case needsMore
    }

    private let messageBytesMax: Int
    private let malformed: RPCError.Code
    private var bytes: [UInt8] = []
    private var offset = 0

    /// - Parameter malformed: what an item that has no place in the sequence is.
    init(messageBytesMax: Int, malformed: RPCError.Code = .internal) {
        self.messageBytesMax = messageBytesMax
        self.malformed = malformed
    }

    var isEmpty: Bool { self.offset == self.bytes.count }

    /// What has not been taken apart.
    var rest: [UInt8] { Array(self.bytes[self.offset...]) }

    mutating func append(_ piece: [UInt8]) {
        if self.isEmpty {
            self.bytes = piece
        } else {
            self.bytes.removeFirst(self.offset)
            self.bytes.append(contentsOf: piece)
        }
        self.offset = 0
    }

    /// The next thing in the bytes that have come.
    ///
    /// - Throws: `resource_exhausted` for a message over the limit.
    mutating func next() throws -> Event {
        while self.offset < self.bytes.count, self.bytes[self.offset] == 0xf6 { self.offset += 1 }
        guard self.offset < self.bytes.count else { return .needsMore }
        let head = self.bytes[self.offset]
        if head >> 5 == 5 { return .end }
        guard head >> 5 == 2, head & 0x1f < 28 else {
            throw RPCError(
                self.malformed, "the peer sent an item that has no place in a stream")
        }
        let extra = head & 0x1f < 24 ? 0 : 1 << Int(head & 0x1f - 24)
        let start = self.offset + 1 + extra
        guard start <= self.bytes.count else { return .needsMore }
        var length = UInt64(head & 0x1f)
        if extra > 0 {
            length = self.bytes[(self.offset + 1)..<start].reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard length <= UInt64(self.messageBytesMax) else {
            throw RPCError(
                .resourceExhausted, "a message of \(length) bytes is over the limit of the stream")
        }
        let end = start + Int(length)
        guard end <= self.bytes.count else { return .needsMore }
        self.offset = end
        return .message(Array(self.bytes[start..<end]))
    }
}
