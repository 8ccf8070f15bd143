import CBOR
import NIOCore
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// What a client makes of the header blocks of an answer: interim ones, its own, trailers.
@Suite("Header blocks as a client reads them", .timeLimit(.minutes(1)))
struct HeaderBlockTests {
    /// A HEADERS frame with END_HEADERS (RFC 9113 section 6.2), perhaps with END_STREAM.
    static func headers(_ stream: UInt32, _ block: [UInt8], isLast: Bool = false) -> [UInt8] {
        [0, 0, UInt8(block.count), 1, isLast ? 5 : 4] + ResetTests.number(stream) + block
    }

    /// A DATA frame (RFC 9113 section 6.1).
    static func data(_ stream: UInt32, _ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        [0, 0, UInt8(bytes.count), 0, isLast ? 1 : 0] + ResetTests.number(stream) + bytes
    }

    /// A literal field without indexing (RFC 7541 section 6.2.2).
    static func field(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)]
            + Array(value.utf8)
    }

    /// `:status` 103, a literal whose name is the table's eighth.
    static let earlyHints: [UInt8] = [0x08, 3] + Array("103".utf8)
    /// `:status` 200, the table's eighth.
    static let ok: [UInt8] = [0x88] + Self.field("content-type", "application/cbor")

    static func reply(_ text: String) throws -> [UInt8] {
        try CBOREncoder().encode(Say(text: text))
    }

    @Test("an answer after interim ones is read as if they had not come")
    func interim() async throws {
        let body = try Self.reply("late")
        let reply = Mutex<RPCReply<Say>?>(nil)
        let (error, _) = try await ResetTests.call({ stream in
            let interim = Self.earlyHints + Self.field("link", "</style>")
            return Self.headers(stream, interim) + Self.headers(stream, interim)
                + Self.headers(stream, Self.ok + Self.field("a", "1"))
                + Self.data(stream, body, isLast: true)
        }) { client in
            let answer = try await client.exchange(Say(text: ""))
            reply.withLock { $0 = answer }
        }
        #expect(error == nil)
        let answer = try #require(reply.withLock { $0 })
        #expect(answer.message.text == "late")
        #expect(answer.metadata == ["a": "1"])
    }

    @Test("trailers say nothing, and change nothing of what was said before them")
    func trailers() async throws {
        let body = try Self.reply("said")
        let reply = Mutex<RPCReply<Say>?>(nil)
        let (error, _) = try await ResetTests.call({ stream in
            Self.headers(stream, Self.ok) + Self.data(stream, body, isLast: false)
                + Self.headers(stream, Self.field("a", "1"), isLast: true)
        }) { client in
            let answer = try await client.exchange(Say(text: ""))
            reply.withLock { $0 = answer }
        }
        #expect(error == nil)
        let answer = try #require(reply.withLock { $0 })
        #expect(answer.message.text == "said")
        #expect(answer.metadata.isEmpty)
    }

    @Test("answers of one connection keep the fields that each of them came with")
    func different() async throws {
        let body = try Self.reply("")
        let said = Mutex<[RPCMetadata]>([])
        let (error, _) = try await ResetTests.call({ stream in
            let fields: [UInt8] =
                switch stream / 2 {
                case 0, 1: Self.field("a", "1")
                case 3: Self.field("a", "2")
                default: []
                }
            return Self.headers(stream, Self.ok + fields) + Self.data(stream, body, isLast: true)
        }) { client in
            for _ in 0..<5 {
                let answer = try await client.exchange(Say(text: ""))
                said.withLock { $0.append(answer.metadata) }
            }
        }
        #expect(error == nil)
        #expect(said.withLock { $0 } == [["a": "1"], ["a": "1"], [:], ["a": "2"], [:]])
    }
}
