import HTTP2
import RPC
import Synchronization

/// Reads the request of a method that takes a stream: the first message, then the elements.
///
/// One caller at a time. Heartbeats are passed over. Anything but byte strings, and an end in the
/// middle of one, is `invalid_argument`: only answers have an end map.
final class RequestReader: Sendable {
    private let body: HTTP2RequestBody
    private let parser: Mutex<RPCSequenceParser>

    init(_ body: HTTP2RequestBody, messageBytesMax: Int) {
        self.body = body
        self.parser = Mutex(
            RPCSequenceParser(messageBytesMax: messageBytesMax, malformed: .invalidArgument))
    }

    /// The request itself.
    func request() async throws -> [UInt8] {
        guard let request = try await self.next() else {
            throw RPCError(.invalidArgument, "the request is missing: it is the first byte string")
        }
        return request
    }

    /// The elements that follow the request.
    var elements: RPCMessages { RPCMessages { try await self.next() } }

    private func next() async throws -> [UInt8]? {
        while true {
            switch try self.parser.withLock({ try $0.next() }) {
            case .message(let message): return message
            case .end:
                throw RPCError(.invalidArgument, "a request has no end map; END_STREAM ends it")
            case .needsMore:
                guard let piece = try await self.body.next() else {
                    if self.parser.withLock({ $0.isEmpty }) { return nil }
                    throw RPCError(.invalidArgument, "the request ends in the middle of an item")
                }
                self.parser.withLock { $0.append(piece) }
            }
        }
    }
}
