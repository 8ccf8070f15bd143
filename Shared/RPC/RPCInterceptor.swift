/// What stands around every method of a router, made once for each, so that a call pays for no look-up.
///
/// One that only has to know how calls end is an observer: it costs a call no suspendable layer. A type
/// and not a bare function: functions in an array are called through four more suspendable layers
/// each.
public struct RPCInterceptor: Sendable {
    enum Kind {
        case nothing
        case wrapping(@Sendable (RPCMethodDeclaration, @escaping RPCHandler) -> RPCHandler)
        case observing(@Sendable (RPCMethodDeclaration) -> RPCObserver)
    }

    let kind: Kind

    /// Stands around nothing.
    static let nothing = RPCInterceptor(kind: .nothing)

    private init(kind: Kind) { self.kind = kind }

    /// Makes an interceptor of the function that wraps a method's handler.
    public init(
        _ wrap: @escaping @Sendable (RPCMethodDeclaration, @escaping RPCHandler) -> RPCHandler
    ) {
        self.init(kind: .wrapping(wrap))
    }

    /// Makes an interceptor of the function that makes a method's observer.
    public init(observing observer: @escaping @Sendable (RPCMethodDeclaration) -> RPCObserver) {
        self.init(kind: .observing(observer))
    }
}

/// Told how each call of a method ended: its context, what the handler threw, and how long it took.
///
/// Called when the handler has returned, before the answer is sent.
public typealias RPCObserver = @Sendable (CallContext, (any Error)?, Duration) -> Void

/// One method, who may call it, and what answers it.
final class RPCRoute: Sendable {
    let declaration: RPCMethodDeclaration
    let callers: AccessList.Callers
    let answer: RPCHandler
    /// Who is outside of everything else, the innermost first.
    private let observers: [RPCObserver]

    /// A method that nobody may call yet.
    convenience init(_ declaration: RPCMethodDeclaration, _ answer: @escaping RPCHandler) {
        self.init(declaration, .listed([]), answer, [])
    }

    private init(
        _ declaration: RPCMethodDeclaration, _ callers: AccessList.Callers,
        _ answer: @escaping RPCHandler, _ observers: [RPCObserver]
    ) {
        self.declaration = declaration
        self.callers = callers
        self.answer = answer
        self.observers = observers
    }

    /// The same method inside of interceptors, the first outermost, for who is listed.
    func route(inside interceptors: [RPCInterceptor], for access: AccessList) -> RPCRoute {
        var answer = self.answer
        var observers: [RPCObserver] = []
        for interceptor in interceptors.reversed() {
            switch interceptor.kind {
            case .nothing: break
            case .observing(let observer): observers.append(observer(self.declaration))
            case .wrapping(let wrap):
                answer = wrap(self.declaration, Self.layer(answer, observers))
                observers = []
            }
        }
        return RPCRoute(
            self.declaration, access.callers(of: self.declaration), answer, observers)
    }

    /// A handler with its observers as a layer of its own.
    private static func layer(
        _ answer: @escaping RPCHandler, _ observers: [RPCObserver]
    ) -> RPCHandler {
        guard !observers.isEmpty else { return answer }
        return { body in
            let start = MonotonicInstant.now
            do {
                let answer = try await answer(body)
                Self.tell(observers, CallContext.current, nil, since: start)
                return answer
            } catch {
                Self.tell(observers, CallContext.current, error, since: start)
                throw error
            }
        }
    }

    /// Tells the outermost observers how a call ended.
    @inline(__always)
    func tell(
        _ context: CallContext, _ error: (any Error)?, since start: MonotonicInstant
    ) {
        Self.tell(self.observers, context, error, since: start)
    }

    @inline(__always)
    private static func tell(
        _ observers: [RPCObserver], _ context: CallContext, _ error: (any Error)?,
        since start: MonotonicInstant
    ) {
        guard !observers.isEmpty else { return }
        let duration = start.duration(to: .now)
        for observer in observers { observer(context, error, duration) }
    }
}
