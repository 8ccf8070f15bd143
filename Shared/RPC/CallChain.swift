/// Wraps what is done to and around a client's call, outermost first, around its method's carrier.
public typealias RPCClientInterceptor =
    @Sendable (RPCMethodDeclaration, @escaping Carry) -> Carry

/// What a client's calls go through: interceptors, attempts, interceptors of attempts, the carrier.
///
/// Wrapped once a method, when the client is made: a call finds its method's by position, and a
/// client that wraps nothing goes straight to its attempts.
struct CallChain: Sendable {
    private let attempts: CallAttempts
    private let carry: Carry
    private let options: RPCClientOptions
    private let hedger: Hedger?
    /// One a declared method; empty when nothing is wrapped.
    private let wrapped: [Carry]

    init(
        _ methods: [RPCMethodDeclaration], carry: @escaping Carry, options: RPCClientOptions
    ) {
        let attempts = CallAttempts(policy: options.retry)
        let hedger = options.hedging.map { Hedger($0) }
        self.attempts = attempts
        self.carry = carry
        self.options = options
        self.hedger = hedger
        let isPlain =
            hedger == nil && options.interceptors.isEmpty && options.attemptInterceptors.isEmpty
        self.wrapped =
            isPlain
            ? [] : methods.map { Self.wrap(carry, of: $0, attempts, hedger, options) }
    }

    @inline(__always)
    func perform(_ call: consuming RPCCall) async throws -> RPCAnswer {
        if self.wrapped.isEmpty {
            return try await self.attempts.make(call, on: self.carry)
        }
        // Interceptors may wait.
        call.begun = nil
        if let position = call.path.position {
            return try await self.wrapped[position](call)
        }
        let wrapped = Self.wrap(
            self.carry, of: call.path.declaration, self.attempts, self.hedger, self.options)
        return try await wrapped(call)
    }

    private static func wrap(
        _ carry: @escaping Carry, of method: RPCMethodDeclaration, _ attempts: CallAttempts,
        _ hedger: Hedger?, _ options: RPCClientOptions
    ) -> Carry {
        var attempt = options.attemptInterceptors.reversed().reduce(carry) { inner, interceptor in
            interceptor(method, inner)
        }
        if let hedger, method.kind == .unary, method.repetition == .safe {
            attempt = hedger.wrap(attempt)
        }
        let all: Carry = { [attempt] call in try await attempts.make(call, on: attempt) }
        return options.interceptors.reversed().reduce(all) { inner, interceptor in
            interceptor(method, inner)
        }
    }
}
