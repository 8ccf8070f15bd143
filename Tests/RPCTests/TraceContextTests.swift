import RPC
import Testing

@Suite("Trace context is read as the W3C recommendation says")
struct TraceContextTests {
    static let trace = "0af7651916cd43dd8448eb211c80319c"
    static let span = "b7ad6b7169203331"

    @Test("a valid header is read and written back")
    func roundTrip() throws {
        let header = "00-\(Self.trace)-\(Self.span)-01"
        let context = try #require(TraceContext(traceparent: header, tracestate: "a=b"))
        #expect(context.traceID == Self.trace)
        #expect(context.spanID == Self.span)
        #expect(context.isSampled)
        #expect(context.state == "a=b")
        #expect(context.traceparent == header)
    }

    @Test(
        "a malformed header is no trace",
        arguments: [
            "", "00", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace.uppercased())-\(span)-01",
            "00-\(trace)-\(span)-1", "00-\(trace)0-\(span)-01", "00-\(trace)-\(span)-zz",
        ])
    func malformed(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test("every byte is a digit, or makes no trace, wherever it stands")
    func digits() throws {
        let header = Array("00-\(Self.trace)-\(Self.span)-01".utf8)
        let digits = Set("0123456789abcdef".utf8)
        for place in [0..<2, 3..<35, 36..<52, 53..<55].joined() {
            for byte in UInt8.min...UInt8.max {
                var changed = header
                changed[place] = byte
                let context = changed.withUnsafeBytes { TraceContext(traceparent: $0) }
                #expect((context != nil) == digits.contains(byte), "\(byte) at \(place)")
                guard let context, 3..<52 ~= place else { continue }
                // Version and flags are not passed on as they came.
                #expect(Array(context.traceparent.utf8) == changed)
            }
        }
    }

    @Test("a later version with more fields is read by its first four")
    func laterVersion() {
        #expect(TraceContext(traceparent: "01-\(Self.trace)-\(Self.span)-01-more") != nil)
    }

    @Test("a child keeps the trace and has a span of its own")
    func child() {
        let parent = TraceContext()
        let child = parent.child()
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(TraceContext(traceparent: child.traceparent) != nil)
    }
}
