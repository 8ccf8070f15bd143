/// Frames as bytes, so that tests can send what no library would.
package enum Raw {
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    package enum Kind: UInt8 {
        case data = 0
        case headers = 1
        case priority = 2
        case resetStream = 3
        case settings = 4
        case pushPromise = 5
        case ping = 6
        case goAway = 7
        case windowUpdate = 8
        case continuation = 9
    }

    package static let endStream: UInt8 = 1
    package static let endHeaders: UInt8 = 4
    package static let padded: UInt8 = 8
    package static let prioritised: UInt8 = 0x20
    package static let acknowledgement: UInt8 = 1

    package static func frame(
        _ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let count = UInt32(payload.count)
        return [UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
            + [kind.rawValue, flags] + self.number(stream) + payload
    }

    package static func number(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// The preface, SETTINGS and the acknowledgement of the server's.
    package static let hello =
        preface + frame(.settings) + frame(.settings, flags: acknowledgement)

    /// A field as a literal that enters no table (RFC 7541 section 6.2.2), without Huffman coding.
    package static func field(_ name: String, _ value: String) -> [UInt8] {
        [0x00] + self.text(name) + self.text(value)
    }

    /// A field that enters the dynamic table.
    package static func indexedField(_ name: String, _ value: String) -> [UInt8] {
        [0x40] + self.text(name) + self.text(value)
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count < 127 { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }

    package static func requestFields(
        method: String = "POST", path: String = "/echo", _ more: [UInt8] = []
    ) -> [UInt8] {
        self.field(":method", method) + self.field(":scheme", "http")
            + self.field(":authority", "test") + self.field(":path", path) + more
    }

    package static func headers(
        _ stream: UInt32, end: Bool = false, _ fields: [UInt8] = Raw.requestFields()
    ) -> [UInt8] {
        self.frame(
            .headers, flags: self.endHeaders | (end ? self.endStream : 0), stream: stream, fields)
    }

    package static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false) -> [UInt8] {
        self.frame(.data, flags: end ? self.endStream : 0, stream: stream, bytes)
    }

    package static func request(_ stream: UInt32, _ body: [UInt8]) -> [UInt8] {
        self.headers(stream) + self.data(stream, body, end: true)
    }

    package static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> [UInt8] {
        self.frame(.resetStream, stream: stream, self.number(code))
    }

    package static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> [UInt8] {
        self.frame(.windowUpdate, stream: stream, self.number(increment))
    }
}
