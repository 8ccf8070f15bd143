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
