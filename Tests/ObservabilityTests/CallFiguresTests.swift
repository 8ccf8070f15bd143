import CBOR
import InMemoryTracing
import Logging
import Metrics
import MetricsTestKit
import RPC
import Synchronization
import TestKit
import Testing
import Tracing

@Suite("What calls leave in logs, metrics and traces")
struct CallFiguresTests {
    private func options(
        _ calls: [RPCClientInterceptor] = [], attempts: [RPCClientInterceptor] = []
    ) -> RPCClientOptions {
        var options = RPCClientOptions(
            timeout: .seconds(600), retry: RetryPolicy(firstWaitMilliseconds: 1))
        options.interceptors = calls
        options.attemptInterceptors = attempts
        return options
    }

    @Test("calls are counted by code, attempts by code and kind")
    func metrics() async throws {
        let metrics = TestMetrics()
        let client = try withMetricsFactory(metrics) {
            RPCClient(
                Greeter.self,
                carry: Answers(
                    [RPCError(.unavailable, "one"), RPCError(.notFound, "two")],
                    then: try CBOREncoder().encode("hello")
                ).carry,
                options: self.options(
                    [RPCClientInterceptors.metrics()],
                    attempts: [RPCClientInterceptors.attemptMetrics()]))
        }
        try await withMetricsFactory(metrics) {
            _ = try? await client.send(Greet(name: "Ada"))
            _ = try await client.send(Greet(name: "Ada"))
        }
        func count(_ label: String, _ more: [(String, String)]) throws -> Int64 {
            try metrics.expectCounter(
                label, [("service", "greeter.v1"), ("method", "Greet")] + more
            ).totalValue
        }
        #expect(try count("rpc_client_calls_total", [("code", "ok")]) == 1)
        #expect(try count("rpc_client_calls_total", [("code", "not_found")]) == 1)
        let attempts = "rpc_client_attempts_total"
        #expect(try count(attempts, [("kind", "first"), ("code", "unavailable")]) == 1)
        #expect(try count(attempts, [("kind", "retry"), ("code", "not_found")]) == 1)
        #expect(try count(attempts, [("kind", "first"), ("code", "ok")]) == 1)
        let timer = try metrics.expectTimer(
            "rpc_client_duration_seconds", [("service", "greeter.v1"), ("method", "Greet")])
        #expect(timer.values.count == 2)
    }

    @Test("each attempt has a span, whose id is the one the peer is told")
    func trace() async throws {
        let tracer = InMemoryTracer()
        let carrier = Answers(
            [RPCError(.unavailable, "one")], then: try CBOREncoder().encode("hello"))
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: self.options(attempts: [RPCClientInterceptors.trace()]))
        let trace = TraceContext()
        try await withTracer(tracer) {
            try await CallContext.$current.withValue(CallContext(trace: trace)) {
                _ = try await client.send(Greet(name: "Ada"))
            }
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["greeter.v1/Greet", "greeter.v1/Greet"])
        #expect(spans.allSatisfy { $0.kind == .client })
        let told = carrier.contexts.compactMap(\.trace?.spanID)
        #expect(Set(told).count == 2 && !told.contains(trace.spanID))
        #expect(carrier.contexts.allSatisfy { $0.trace?.traceID == trace.traceID })
        for (span, id) in zip(spans, told) {
            #expect(span.attributes.get("span_id") == SpanAttribute.string(id))
            #expect(span.attributes.get("trace_id") == .string(trace.traceID))
        }
        #expect(spans.map { $0.attributes.get("rpc_attempt") } == [.int64(1), .int64(2)])
        #expect(spans[0].errors.count == 1 && spans[1].errors.isEmpty)
    }

    @Test("a served call has a span that names the caller's as its parent")
    func serverTrace() async throws {
        let tracer = InMemoryTracer()
        let trace = TraceContext()
        try await withTracer(tracer) {
            let router = try RPCRouter(
                [Greeter.routes { _ in throw RPCError(.notFound, "nobody") }],
                access: .everyone, interceptors: [RPCInterceptors.trace()])
            let client = RPCClient(
                Greeter.self, carry: router.carry(as: nil), options: RPCClientOptions(retry: .never)
            )
            await CallContext.$current.withValue(CallContext(trace: trace)) {
                let error = await #expect(throws: RPCError.self) {
                    try await client.send(Greet(name: "Ada"))
                }
                #expect(error == RPCError(.notFound, "nobody"))
            }
        }
        let span = try #require(tracer.finishedSpans.first)
        #expect(tracer.finishedSpans.count == 1)
        #expect(span.operationName == "greeter.v1/Greet")
        #expect(span.kind == .server)
        #expect(span.attributes.get("trace_id") == SpanAttribute.string(trace.traceID))
        #expect(span.attributes.get("parent_span_id") != SpanAttribute.string(trace.spanID))
        #expect(span.attributes.get("parent_span_id") != nil)
        #expect(span.errors.count == 1)
    }

    @Test("a call that fails is logged with its method, code and trace")
    func log() async throws {
        let lines = Journal<String>()
        var logger = Logger(label: "test") { _ in LineLog(lines) }
        logger.logLevel = .debug
        let client = RPCClient(
            Greeter.self, carry: Answers([RPCError(.notFound, "nobody")], then: []).carry,
            options: self.options([RPCClientInterceptors.log(logger)]))
        let trace = TraceContext()
        await CallContext.$current.withValue(CallContext(trace: trace)) {
            _ = try? await client.send(Greet(name: "Ada"))
        }
        let line = try #require(lines.entries.first)
        for part in ["greeter.v1/Greet", "not_found", "nobody", trace.traceID] {
            #expect(line.contains(part))
        }
    }
}

/// A carrier that fails as told, and then answers.
final class Answers: Sendable {
    private let failures: Mutex<[any Error]>
    private let seen = Journal<CallContext>()
    private let answer: [UInt8]

    init(_ failures: [any Error], then answer: [UInt8]) {
        self.failures = Mutex(failures)
        self.answer = answer
    }

    var contexts: [CallContext] { self.seen.entries }

    var carry: Carry {
        { call in
            self.seen.append(call.context)
            let failure = self.failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let failure { throw failure }
            return .message(self.answer)
        }
    }
}

/// Writes each line of a log down, its metadata included.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    private let lines: Journal<String>

    init(_ lines: Journal<String>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.lines.append("\(event.message) \(event.metadata ?? [:])")
    }
}
