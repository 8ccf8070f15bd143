import CBOR
import RPC

@testable import RPCOverHTTP2

/// What must hold of what is read from the other end of a call, whatever comes.
enum RPCProperties {
    /// What is violated by an input, or `nil`.
    ///
    /// The first byte says what the others are.
    static func violation(of bytes: [UInt8]) -> String? {
        guard let first = bytes.first else { return nil }
        let rest = Array(bytes.dropFirst())
        switch first % 4 {
        case 0: return self.sequenceViolation(rest)
        case 1: return self.fieldsViolation(rest)
        case 2: return self.bodyViolation(rest)
        default: return self.textViolation(rest)
        }
    }

    /// A stream is the same however it is cut, and its messages are what was sent.
    private static func sequenceViolation(_ bytes: [UInt8]) -> String? {
        let whole = self.events(of: bytes, piece: bytes.count)
        for piece in [1, 5] where self.events(of: bytes, piece: piece) != whole {
            return "in pieces of \(piece) the stream is different"
        }
        guard let message = try? RPCSequence.onlyMessage(of: bytes) else { return nil }
        // Heartbeats aside, a request that is accepted is the item of its message.
        let isItem = bytes.filter { $0 != 0xf6 } == RPCSequence.item(message).filter { $0 != 0xf6 }
        let hasLongHead = bytes.count > message.count
        return isItem || hasLongHead ? nil : "the message is not what was sent"
    }

    /// What a stream brings; `nil` at the end for an error.
    private static func events(of bytes: [UInt8], piece: Int) -> [RPCSequenceParser.Event?] {
        var parser = RPCSequenceParser(messageBytesMax: 1000)
        var events: [RPCSequenceParser.Event?] = []
        var rest = bytes[...]
        do {
            while !rest.isEmpty {
                parser.append(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                reading: while true {
                    let event = try parser.next()
                    switch event {
                    case .message: events.append(event)
                    case .end:
                        events.append(event)
                        return events
                    case .needsMore: break reading
                    }
                }
            }
        } catch {
            events.append(nil)
        }
        return events
    }

    /// Fields are lines of name, colon and value; numbers stay within their digits.
    private static func fieldsViolation(_ bytes: [UInt8]) -> String? {
        var fields = RPCRequestFields()
        for line in bytes.split(separator: 0x0a) {
            let parts = line.split(separator: 0x3a, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            Array(parts[0]).withUnsafeBytes { name in
                Array(parts[1]).withUnsafeBytes { fields.take(name, $0) }
            }
        }
        if let timeout = fields.timeoutMilliseconds, timeout < -1 || timeout > 9_999_999_999 {
            return "a timeout of \(timeout)"
        }
        guard (1...9_999_999_999).contains(fields.attempt) else {
            return "attempt \(fields.attempt)"
        }
        guard let trace = fields.trace else { return nil }
        let again = TraceContext(traceparent: trace.traceparent, tracestate: trace.state)
        return again == trace ? nil : "the trace is written as another"
    }

    /// Error bodies and end maps that can be read can be written, and read as the same.
    private static func bodyViolation(_ bytes: [UInt8]) -> String? {
        func survives<Body: Codable>(_ type: Body.Type) -> Bool {
            guard let body = try? CBORDecoder().decode(type, from: bytes) else { return true }
            guard let encoded = try? CBOREncoder().encode(body),
                let again = try? CBORDecoder().decode(type, from: encoded)
            else { return false }
            return (try? CBOREncoder().encode(again)) == encoded
        }
        guard survives(RPCErrorBody.self) else { return "an error's body does not survive" }
        return survives(RPCEndMap.self) ? nil : "an end map does not survive"
    }

    /// A GET's message has one spelling only.
    private static func textViolation(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let message = Base64.url.decode(text.utf8) else { return nil }
        return self.base64(message) == text ? nil : "a message has two spellings"
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { text.append(alphabet[bits >> (18 - 6 * digit) & 63]) }
        }
        return text
    }
}
