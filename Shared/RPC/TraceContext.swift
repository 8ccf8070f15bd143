/// A position in a distributed trace (W3C Trace Context, level 2).
///
/// Malformed headers are not an error: the work starts a trace of its own.
public struct TraceContext: Hashable, Sendable {
    /// The trace, 16 bytes as 32 lower-case hexadecimal digits; never all zero.
    public var traceID: String
    /// The span that caused this work, 8 bytes as 16 lower-case hexadecimal digits; never all zero.
    public var spanID: String
    /// Whether the trace is being recorded.
    public var isSampled: Bool
    /// The vendor list of the `tracestate` header, passed on unread.
    public var state: String?

    /// Starts a trace.
    public init() {
        self.traceID = Self.randomDigits(words: 2)
        self.spanID = Self.randomDigits(words: 1)
        self.isSampled = true
        self.state = nil
    }

    /// Reads a `traceparent` header; `nil` when it is malformed (section 3.2 of the recommendation).
    public init?(traceparent: String, tracestate: String? = nil) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            Self.isHexadecimal(parts[0], digits: 2),
            Self.isHexadecimal(parts[1], digits: 32), parts[1].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[2], digits: 16), parts[2].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[3], digits: 2),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.traceID = String(parts[1])
        self.spanID = String(parts[2])
        self.isSampled = flags & 1 == 1
        self.state = tracestate
    }

    /// The `traceparent` header for a call made from here.
    public var traceparent: String {
        "00-\(self.traceID)-\(self.spanID)-\(self.isSampled ? "01" : "00")"
    }

    /// The same trace with a span of its own, for work caused from here.
    public func child() -> TraceContext {
        var child = self
        child.spanID = Self.randomDigits(words: 1)
        return child
    }

    private static func isHexadecimal(_ text: Substring, digits: Int) -> Bool {
        text.utf8.count == digits
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func randomDigits(words: Int) -> String {
        var text = ""
        for _ in 0..<words {
            let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
            text += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return text
    }
}
