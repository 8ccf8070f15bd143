public import Logging
import Metrics
import Synchronization
import Tracing

/// The interceptors every service puts around its methods.
///
/// A router takes a list, the first outermost; services take ``trace()``, ``log(_:)`` and
/// ``metrics()``, so that a log line knows its span and a call is timed without its logging. Who may
/// call, and whether there is time left, are not theirs to decide: the router does so before any of
/// them, so that no list can leave it out. ``CallContext/current`` is the call's in all of them. A
/// stream is opened inside them and read outside: what fails later is told by its end.
public enum RPCInterceptors {
    /// Logs calls that fail, with the trace they belong to.
    ///
    /// Failures that are the service's own fault are errors; refusals are told at debug level, since
    /// they are the caller's to act on. An error nobody mapped is logged here in full and crosses
    /// the wire as `internal` and nothing more.
    public static func log(_ logger: Logger) -> RPCInterceptor {
        RPCInterceptor(observing: { method in
            { context, error, _ in
                guard let error else { return }
                self.log(error, of: method, in: context, with: logger)
            }
        })
    }

    /// Counts calls and times them: `rpc_server_calls_total` by service, method and code,
    /// `rpc_server_duration_seconds` by service and method. A stream is timed until it is open.
    public static func metrics() -> RPCInterceptor {
        RPCInterceptor(observing: { method in
            let dimensions = [("service", method.service), ("method", method.name)]
            let timer = Timer(label: "rpc_server_duration_seconds", dimensions: dimensions)
            let calls = CodeCounters(label: "rpc_server_calls_total", dimensions: dimensions)
            return { _, error, duration in
                timer.recordNanoseconds(duration.inNanoseconds)
                if let error {
                    calls.failed(RPCError(crossing: error).code).increment()
                } else {
                    calls.succeeded.increment()
                }
            }
        })
    }

    /// Opens a span for each call, with the call's place in its W3C trace as attributes.
    ///
    /// The tracer has to be bootstrapped before this is called; without one, calls pay nothing.
    public static func trace() -> RPCInterceptor {
        guard !(InstrumentationSystem.tracer is NoOpTracer) else { return .nothing }
        return RPCInterceptor { method, handler in
            let name = "\(method.service)/\(method.name)"
            return { body in
                try await withSpan(name, ofKind: .server) { span in
                    if let trace = CallContext.current.trace {
                        span.attributes["trace_id"] = trace.traceID
                        span.attributes["parent_span_id"] = trace.spanID
                    }
                    return try await handler(body)
                }
            }
        }
    }

    private static func log(
        _ error: any Error, of method: RPCMethodDeclaration, in context: CallContext,
        with logger: Logger
    ) {
        let crossing = RPCError(crossing: error)
        let isOurs: Bool
        switch crossing.code {
        case .internal, .unknown, .dataLoss: isOurs = true
        default: isOurs = false
        }
        var metadata: Logger.Metadata = [
            "method": "\(method.service)/\(method.name)",
            "code": "\(crossing.code.rawValue)",
            "error": "\(error)",
        ]
        if let trace = context.trace { metadata["trace_id"] = "\(trace.traceID)" }
        if let caller = context.caller { metadata["caller"] = "\(caller)" }
        logger.log(level: isOurs ? .error : .debug, "call failed", metadata: metadata)
    }
}

/// A counter for success and one for each code, made when it is first needed.
final class CodeCounters: Sendable {
    let succeeded: Counter

    private let label: String
    private let dimensions: [(String, String)]
    private let failures = Mutex<[RPCError.Code: Counter]>([:])

    init(label: String, dimensions: [(String, String)]) {
        self.label = label
        self.dimensions = dimensions
        self.succeeded = Counter(label: label, dimensions: dimensions + [("code", "ok")])
    }

    func failed(_ code: RPCError.Code) -> Counter {
        self.failures.withLock { counters in
            if let counter = counters[code] { return counter }
            let counter = Counter(
                label: self.label, dimensions: self.dimensions + [("code", code.rawValue)])
            counters[code] = counter
            return counter
        }
    }
}

extension Duration {
    /// The duration in nanoseconds; saturates beyond 292 years.
    var inNanoseconds: Int64 {
        // Up to nine seconds without a division of 128 bits.
        if let attoseconds = Int64(exactly: self.attoseconds) {
            return attoseconds / 1_000_000_000
        }
        let (seconds, attoseconds) = self.components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? .max : product + attoseconds / 1_000_000_000
    }
}
