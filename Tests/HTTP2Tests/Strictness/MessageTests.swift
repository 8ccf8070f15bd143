import AttackBench
import HTTP2
import Testing

extension Attacks {
    /// RFC 9113 section 8 and RFC 7541: messages, their fields, and how fields are compressed.
    @Suite("strictness: messages and compression", .timeLimit(.minutes(1)))
    struct MessageTests {
        private static let proto = Code.protocolError
        private static let malformed = StrictCase.Outcome.streamError(Code.protocolError)
        private static let compression = StrictCase.Outcome.connectionError(Code.compressionError)

        /// A request of exactly these fields.
        private static func fields(_ fields: [(String, String)]) -> [UInt8] {
            Raw.headers(1, end: true, fields.flatMap { Raw.field($0, $1) })
        }

        private static let method = (":method", "GET")
        private static let scheme = (":scheme", "http")
        private static let path = (":path", "/echo")
        private static let authority = (":authority", "test")

        static let messages: [StrictCase] = [
            StrictCase(
                "8.1", "trailers that do not end the stream",
                Raw.waiting(1, end: false) + Raw.headers(1, Raw.field("x", "y")), Self.malformed),
            StrictCase(
                "8.1", "trailers", Raw.headers(1) + Raw.headers(1, end: true, Raw.field("x", "y")),
                .answered),
            StrictCase(
                "8.1", "DATA after trailers",
                Raw.waiting(1, end: false) + Raw.headers(1, end: true, Raw.field("x", "y"))
                    + Raw.data(1, [1]), .connectionError(Code.streamClosed)),
            StrictCase(
                "8.2", "fields of one name more than once",
                Raw.get(Raw.field("x", "1") + Raw.field("x", "2")), .answered),
            StrictCase(
                "8.2.1", "an upper-case name", Raw.get(Raw.field("X-Y", "z")), Self.malformed),
            StrictCase(
                "8.2.1", "a name with a space", Raw.get(Raw.field("x y", "z")), Self.malformed),
            StrictCase(
                "8.2.1", "a name with a colon", Raw.get(Raw.field("x:y", "z")), Self.malformed),
            StrictCase("8.2.1", "no name at all", Raw.get(Raw.field("", "z")), Self.malformed),
            StrictCase(
                "8.2.1", "a name beyond ASCII", Raw.get(Raw.field("é", "z")), Self.malformed),
            StrictCase(
                "8.2.1", "a line break", Raw.get(Raw.field("x", "a\r\nb: c")), Self.malformed),
            StrictCase("8.2.1", "NUL", Raw.get(Raw.field("x", "a\0b")), Self.malformed),
            StrictCase("8.2.1", "a space before", Raw.get(Raw.field("x", " a")), Self.malformed),
            StrictCase("8.2.1", "a tab after", Raw.get(Raw.field("x", "a\t")), Self.malformed),
            StrictCase("8.2.1", "a space within", Raw.get(Raw.field("x", "a b")), .answered),
            StrictCase(
                "8.2.2", "connection", Raw.get(Raw.field("connection", "close")), Self.malformed),
            StrictCase(
                "8.2.2", "keep-alive", Raw.get(Raw.field("keep-alive", "1")), Self.malformed),
            StrictCase(
                "8.2.2", "proxy-connection", Raw.get(Raw.field("proxy-connection", "close")),
                Self.malformed),
            StrictCase(
                "8.2.2", "transfer-encoding", Raw.get(Raw.field("transfer-encoding", "chunked")),
                Self.malformed),
            StrictCase("8.2.2", "upgrade", Raw.get(Raw.field("upgrade", "h2c")), Self.malformed),
            StrictCase(
                "8.2.2", "te with trailers", Raw.get(Raw.field("te", "trailers")), .answered),
            StrictCase(
                "8.2.2", "te with more", Raw.get(Raw.field("te", "trailers, gzip")), Self.malformed),
            StrictCase(
                "8.2.3", "cookies in crumbs",
                Raw.get(Raw.field("cookie", "a=b") + Raw.field("cookie", "c=d")), .answered),
            StrictCase(
                "8.3", "a pseudo field nobody knows",
                Self.fields([Self.method, Self.scheme, Self.path, Self.authority, (":x", "y")]),
                Self.malformed),
            StrictCase(
                "8.3", "a pseudo field of responses",
                Self.fields([
                    Self.method, Self.scheme, Self.path, Self.authority, (":status", "200"),
                ]),
                Self.malformed),
            StrictCase(
                "8.3", "a pseudo field in trailers",
                Raw.waiting(1, end: false) + Raw.headers(1, end: true, Raw.field(":method", "GET")),
                Self.malformed),
            StrictCase(
                "8.3", "a pseudo field after others",
                Self.fields([Self.method, Self.scheme, Self.authority, ("x", "y"), Self.path]),
                Self.malformed),
            StrictCase(
                "8.3.1", "no method", Self.fields([Self.scheme, Self.path, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "no scheme", Self.fields([Self.method, Self.path, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "no path", Self.fields([Self.method, Self.scheme, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "an empty path",
                Self.fields([Self.method, Self.scheme, Self.authority, (":path", "")]),
                Self.malformed),
            StrictCase(
                "8.3.1", "two methods",
                Self.fields([Self.method, Self.method, Self.scheme, Self.path, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "two schemes",
                Self.fields([Self.method, Self.scheme, Self.scheme, Self.path, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "two paths",
                Self.fields([Self.method, Self.scheme, Self.path, Self.path, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.3.1", "two authorities",
                Self.fields([Self.method, Self.scheme, Self.path, Self.authority, Self.authority]),
                Self.malformed),
            StrictCase(
                "8.1.1", "a body shorter than announced",
                Raw.headers(1, Raw.requestFields(Raw.field("content-length", "2")))
                    + Raw.data(1, [1], end: true), Self.malformed),
            StrictCase(
                "8.1.1", "a body longer than announced, in pieces",
                Raw.headers(1, Raw.requestFields(Raw.field("content-length", "2")))
                    + Raw.data(1, [1]) + Raw.data(1, [1, 2], end: true), Self.malformed),
            StrictCase(
                "8.1.1", "a body as announced",
                Raw.headers(1, Raw.requestFields(Raw.field("content-length", "2")))
                    + Raw.data(1, [1]) + Raw.data(1, [2], end: true), .answered),
            StrictCase(
                "8.1.1", "two lengths",
                Raw.get(Raw.field("content-length", "0") + Raw.field("content-length", "0")),
                Self.malformed),
            StrictCase(
                "8.1.1", "a length that is no number", Raw.get(Raw.field("content-length", "+0")),
                Self.malformed),
            StrictCase(
                "8.1.1", "no body where one is announced",
                Raw.get(Raw.field("content-length", "1")),
                Self.malformed),
            StrictCase(
                "8.4", "PUSH_PROMISE on stream 0", Raw.frame(.pushPromise, [0, 0, 0, 2]),
                .connectionError(Self.proto)),
        ]

        static let compressions: [StrictCase] = [
            StrictCase(
                "HPACK 2.3.3", "an index beyond both tables", Raw.get([0xc6]), Self.compression),
            StrictCase(
                "HPACK 2.3.3", "a name index beyond both tables",
                Raw.get([0x7f, 0x10, 0x01, 0x61]),
                Self.compression),
            StrictCase("HPACK 6.1", "index 0", Raw.get([0x80]), Self.compression),
            StrictCase(
                "HPACK 4.2", "a table size change after a field", Raw.get([0x20]), Self.compression),
            StrictCase(
                "HPACK 6.3", "a table size over the limit",
                Raw.headers(1, end: true, [0x3f, 0xe2, 0x1f] + Raw.requestFields()),
                Self.compression),
            StrictCase(
                "HPACK 6.3", "a table size within the limit",
                Raw.headers(1, end: true, [0x3f, 0xe1, 0x1f] + Raw.requestFields()), .answered),
            StrictCase(
                "HPACK 5.1", "an integer that does not end",
                Raw.get([0x7f] + [UInt8](repeating: 0xff, count: 12) + [0x01]), Self.compression),
            StrictCase(
                "HPACK 5.2", "a string that is cut short", Raw.get([0x00, 0x05, 0x61]),
                Self.compression
            ),
            StrictCase(
                "HPACK 5.2", "padding of more than seven bits",
                Raw.get([0x00, 0x81, 0x07, 0x82, 0x1f, 0xff]), Self.compression),
            StrictCase(
                "HPACK 5.2", "padding of zeros", Raw.get([0x00, 0x01, 0x61, 0x81, 0x18]),
                Self.compression),
            StrictCase(
                "HPACK 5.2", "the code of the end of a string",
                Raw.get([0x00, 0x01, 0x61, 0x84, 0xff, 0xff, 0xff, 0xff]), Self.compression),
            StrictCase(
                "HPACK 6.2.3", "a field that is never indexed",
                Raw.get([0x10, 0x01, 0x61, 0x01, 0x62]), .answered),
            StrictCase(
                "HPACK 6.1", "indexed fields of the static table",
                Raw.headers(
                    1, end: true,
                    [0x82, 0x86, 0x44, 0x05] + Array("/echo".utf8) + [0x41, 0x01, 0x61]),
                .answered),
            StrictCase(
                "HPACK 4.4", "an entry larger than the table empties it",
                Raw.get(
                    Raw.indexedField("a", "b")
                        + Raw.indexedField("c", String(repeating: "d", count: 5000))
                        + [0xbe]), Self.compression),
        ]

        @Test("messages (section 8)")
        func messageRules() async throws { try await StrictCase.check(Self.messages) }

        @Test("compression (RFC 7541)")
        func compression() async throws { try await StrictCase.check(Self.compressions) }
    }
}
