public import Logging
import Metrics
import Tracing

/// The interceptors every client puts around its calls; the counterparts of ``RPCInterceptors``.
public enum RPCClientInterceptors {
    /// Counts calls and times them, all attempts included: `rpc_client_calls_total` by service,
    /// method and code, `rpc_client_duration_seconds` by service and method.
    ///
    /// A stream is timed until it is open. For ``RPCClientOptions/interceptors``.
    public static func metrics() -> RPCClientInterceptor {
        { method, carry in
            let dimensions = [("service", method.service), ("method", method.name)]
            let duration = Timer(label: "rpc_client_duration_seconds", dimensions: dimensions)
            let calls = CodeCounters(label: "rpc_client_calls_total", dimensions: dimensions)
            return { call in
                let start = MonotonicInstant.now
                do {
                    let answer = try await carry(call)
                    duration.recordNanoseconds(start.duration(to: .now).inNanoseconds)
                    calls.succeeded.increment()
                    return answer
                } catch {
                    duration.recordNanoseconds(start.duration(to: .now).inNanoseconds)
                    calls.failed(RPCError(carrying: error).code).increment()
                    throw error
                }
            }
        }
    }

    /// Counts attempts: `rpc_client_attempts_total` by service, method, code and kind, which is
    /// `first`, `retry` or `hedge`.
    ///
    /// For ``RPCClientOptions/attemptInterceptors``.
    public static func attemptMetrics() -> RPCClientInterceptor {
        { method, carry in
            let counters = ["first", "retry", "hedge"].map { kind in
                CodeCounters(
                    label: "rpc_client_attempts_total",
                    dimensions: [
                        ("service", method.service), ("method", method.name), ("kind", kind),
                    ])
            }
            return { call in
                let kind = call.isHedge ? 2 : call.context.attempt > 1 ? 1 : 0
                do {
                    let answer = try await carry(call)
                    counters[kind].succeeded.increment()
                    return answer
                } catch {
                    counters[kind].failed(RPCError(carrying: error).code).increment()
                    throw error
                }
            }
        }
    }

    /// Logs calls that fail, with the trace they belong to, at debug level: whoever called knows
    /// what a failure means, and says so louder if need be.
    ///
    /// For either list: around calls it tells what callers were told, around attempts also what
    /// was made good by another.
    public static func log(_ logger: Logger) -> RPCClientInterceptor {
        { method, carry in
            { call in
                do {
                    return try await carry(call)
                } catch {
                    logger.debug(
                        "call of a peer failed", metadata: self.metadata(of: error, method, call))
                    throw error
                }
            }
        }
    }

    /// Opens a span for each attempt, with its place in its W3C trace as attributes: the span id is
    /// the one that the peer is told as its parent.
    ///
    /// Costs next to nothing while the process has bootstrapped no tracer. For
    /// ``RPCClientOptions/attemptInterceptors``: every attempt has a span id of its own.
    public static func trace() -> RPCClientInterceptor {
        { method, carry in
            let name = "\(method.service)/\(method.name)"
            return { call in
                try await withSpan(name, ofKind: .client) { span in
                    if let trace = call.context.trace {
                        span.attributes["trace_id"] = trace.traceID
                        span.attributes["span_id"] = trace.spanID
                    }
                    span.attributes["rpc_attempt"] = call.context.attempt
                    return try await carry(call)
                }
            }
        }
    }

    private static func metadata(
        of error: any Error, _ method: RPCMethodDeclaration, _ call: RPCCall
    ) -> Logger.Metadata {
        let crossing = RPCError(carrying: error)
        var metadata: Logger.Metadata = [
            "method": "\(method.service)/\(method.name)",
            "code": "\(crossing.code.rawValue)",
            "error": "\(crossing.message)",
            "attempt": "\(call.context.attempt)",
        ]
        if let trace = call.context.trace { metadata["trace_id"] = "\(trace.traceID)" }
        return metadata
    }
}

extension RPCError {
    /// The error of a failed attempt or call, whatever form the carrier gave it.
    init(carrying error: any Error) {
        self = (error as? CarryFailure)?.error ?? RPCError(crossing: error)
    }
}
