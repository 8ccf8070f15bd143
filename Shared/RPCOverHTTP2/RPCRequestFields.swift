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
    var timeoutMilliseconds: Int?
    var attempt = 1
    var criticality = CallContext.Criticality.default
    var idempotencyKey: String?
    private var parent: TraceContext?
    private var tracestate: String?
    var authorization: [UInt8]?
    /// What is wrong with the fields, naming the first that cannot be read.
    var fault: StaticString?
    var ifNoneMatch: String?
    var metadata = RPCMetadata()
    var metadataProblem: RPCMetadata.Problem?

    /// Takes one field.
    @inline(__always)
    mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        switch name.count {
        case 10 where name.isEqual(to: "tracestate"): self.tracestate = Self.text(value)
        // These say nothing here, and nearly every client sends them.
        case 10 where name.isEqual(to: "user-agent"), 14 where name.isEqual(to: "content-length"):
            return
        case 11 where name.isEqual(to: "traceparent"):
            self.parent = TraceContext(traceparent: value)
        case 11 where name.isEqual(to: "rpc-version"):
            self.isVersionKnown = value.isEqual(to: "1")
        case 11 where name.isEqual(to: "rpc-attempt"):
            if let number = Self.number(value), number > 0 {
                self.attempt = number
            } else {
                self.fault = self.fault ?? "rpc-attempt is 1 to 10 digits and at least 1"
            }
        case 12 where name.isEqual(to: "content-type"):
            self.contentType =
                value.isEqual(to: "application/cbor")
                ? .message
                : value.isEqual(to: "application/cbor-seq") ? .sequence : .other
        case 13 where name.isEqual(to: "authorization"): self.authorization = Array(value)
        case 14 where name.isEqual(to: "rpc-timeout-ms"):
            self.timeoutMilliseconds = Self.number(value)
            if self.timeoutMilliseconds == nil {
                self.fault = self.fault ?? "rpc-timeout-ms is 1 to 10 digits"
            }
        case 15 where name.isEqual(to: "rpc-criticality"):
            if let criticality = CallContext.Criticality(rawValue: Self.text(value)) {
                self.criticality = criticality
            } else {
                self.fault = self.fault ?? "rpc-criticality is critical, default or sheddable"
            }
        case 15 where name.isEqual(to: "idempotency-key"):
            self.idempotencyKey = IdempotencyKey.read(value)
            if self.idempotencyKey == nil {
                self.fault =
                    self.fault ?? "idempotency-key is a quoted string of 1 to 255 characters"
            }
        default: self.takeOther(name, value)
        }
    }

    /// Takes a field that most calls do not have.
    @inline(__always)
    private mutating func takeOther(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        if name.first == UInt8(ascii: ":") { return }
        self.takeUnusual(name, value)
    }

    @inline(never)
    private mutating func takeUnusual(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        if name.isEqual(to: "if-none-match") {
            self.ifNoneMatch = Self.text(value)
        } else {
            self.metadataProblem = self.metadata.take(name, value) ?? self.metadataProblem
        }
    }

    /// - Throws: `invalid_argument` or `resource_exhausted` for metadata that may not be sent.
    func checkMetadata() throws {
        guard !self.metadata.isEmpty || self.metadataProblem != nil else { return }
        if let problem = self.metadataProblem ?? self.metadata.problem { throw problem.error }
    }

    /// The trace the call belongs to; a malformed `traceparent` counts as none.
    var trace: TraceContext? {
        var trace = self.parent
        trace?.state = self.tracestate
        return trace
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
