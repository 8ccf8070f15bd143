import HTTP2
import RPC

/// What the header fields of a call say, read in one pass and without strings where possible.
struct RPCRequestFields {
    enum ContentType {
        case none
        case message
        case sequence
        case other
    }

    var contentType = ContentType.none
    var isVersionKnown = true
    /// `nil`: none was sent. Negative: it cannot be read.
    var timeoutMilliseconds: Int?
    var attempt = 1
    var criticality = CallContext.Criticality.default
    var idempotencyKey: String?
    var traceparent: String?
    var tracestate: String?
    var authorization: [UInt8]?

    /// Takes one field.
    @inline(__always)
    mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        switch name.count {
        case 10 where name.isEqual(to: "tracestate"): self.tracestate = Self.text(value)
        case 11 where name.isEqual(to: "traceparent"): self.traceparent = Self.text(value)
        case 11 where name.isEqual(to: "rpc-version"):
            self.isVersionKnown = value.isEqual(to: "1")
        case 11 where name.isEqual(to: "rpc-attempt"):
            self.attempt = max(1, Self.number(value) ?? 1)
        case 12 where name.isEqual(to: "content-type"):
            self.contentType =
                value.isEqual(to: "application/cbor")
                ? .message
                : value.isEqual(to: "application/cbor-seq") ? .sequence : .other
        case 13 where name.isEqual(to: "authorization"): self.authorization = Array(value)
        case 14 where name.isEqual(to: "rpc-timeout-ms"):
            self.timeoutMilliseconds = Self.number(value) ?? -1
        case 15 where name.isEqual(to: "rpc-criticality"):
            self.criticality = CallContext.Criticality(rawValue: Self.text(value)) ?? .default
        case 15 where name.isEqual(to: "idempotency-key"): self.idempotencyKey = Self.text(value)
        default: break
        }
    }

    /// The trace the call belongs to; a malformed `traceparent` counts as none.
    var trace: TraceContext? {
        guard let traceparent = self.traceparent else { return nil }
        return TraceContext(traceparent: traceparent, tracestate: self.tracestate)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (1...CarrierBounds.timeoutDigitsMax).contains(bytes.count) else { return nil }
        var number = 0
        for byte in bytes {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}
