import Synchronization

/// The path of a method, made once for the life of the process and shared by all calls of it.
public final class MethodPath: Sendable {
    /// What is declared of the method.
    public let declaration: RPCMethodDeclaration
    /// `/rpc/<service>/<method>`.
    public let text: String
    /// The method's place among its service's methods; `nil` when it is not declared there.
    let position: Int?

    private init(_ declaration: RPCMethodDeclaration, among methods: [RPCMethodDeclaration]) {
        self.declaration = declaration
        self.text = declaration.path
        self.position = methods.firstIndex(of: declaration)
    }

    private static let interned = Mutex<[ObjectIdentifier: MethodPath]>([:])

    /// The path of a method with one reply.
    public static func of<Method: RPCMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .unary(Method.self), Method.Service.self)
    }

    /// The path of a method that answers with a stream.
    public static func of<Method: RPCStreamMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .stream(Method.self), Method.Service.self)
    }

    /// The path of a method known by its declaration only, for tools that work from reflection.
    public static func of(_ declaration: RPCMethodDeclaration) -> MethodPath {
        MethodPath(declaration, among: [])
    }

    private static func intern<Service: RPCService>(
        _ type: ObjectIdentifier, _ declaration: @autoclosure () -> RPCMethodDeclaration,
        _: Service.Type
    ) -> MethodPath {
        self.interned.withLock { paths in
            if let path = paths[type] { return path }
            let path = MethodPath(declaration(), among: Service.methods)
            paths[type] = path
            return path
        }
    }
}

/// One attempt at a call, as a carrier takes it.
public struct RPCCall: Sendable {
    /// Which method.
    public var path: MethodPath
    /// The request: exactly one CBOR item.
    public var body: [UInt8]
    /// What travels along: deadline, trace, attempt, criticality, idempotency key.
    public var context: CallContext
    /// Whether this attempt runs beside an earlier one that is slow to be answered.
    public var isHedge = false
    /// Where earlier attempts at the same call went; carriers with a choice go elsewhere.
    public var trail: EndpointTrail?

    /// Makes a call.
    public init(path: MethodPath, body: [UInt8], context: CallContext) {
        self.path = path
        self.body = body
        self.context = context
    }
}

/// What comes back of a call.
public enum RPCAnswer: Sendable {
    /// The reply of a unary method: exactly one CBOR item.
    case message([UInt8])
    /// The elements of a streaming method.
    case messages(RPCMessages)
}

/// The one function type at which client and server meet.
///
/// In process, over HTTP/2 and through a fault injector are interchangeable. A carrier ends the call
/// at `context.deadline` with `deadline_exceeded`, cancels it when the calling task is cancelled, and
/// throws `RPCError`, or `CarryFailure` when it knows more, for one that nothing was carried out.
public typealias Carry = @Sendable (RPCCall) async throws -> RPCAnswer

/// A failed attempt, as a carrier that knows more of it than its error tells it.
///
/// For example that the call provably was not carried out: no connection could be made, the peer
/// refused the stream (RFC 9113 section 8.7), or the stream's id lies above the last one named in a
/// GOAWAY. Every call may be repeated then.
public struct CarryFailure: Error, Hashable, Sendable {
    /// The failure as the caller sees it when no attempt is left.
    public var error: RPCError
    /// Whether the call provably was not carried out.
    public var wasNotProcessed: Bool
    /// Where the attempt went, when the carrier had a choice.
    public var endpoint: EndpointID?

    /// Makes a failure.
    public init(_ error: RPCError, wasNotProcessed: Bool = true, endpoint: EndpointID? = nil) {
        self.error = error
        self.wasNotProcessed = wasNotProcessed
        self.endpoint = endpoint
    }
}

/// Encoded elements of a streaming answer, pulled one at a time.
///
/// Nothing is buffered beyond what the carrier's flow control allows: a slow reader slows the
/// writer. It can be iterated once. It ends normally only after the peer's end marker.
public struct RPCMessages: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    private let pull: @Sendable () async throws -> [UInt8]?

    /// Makes a sequence from a function that gives the next element, or `nil` at the end.
    public init(pull: @escaping @Sendable () async throws -> [UInt8]?) { self.pull = pull }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pull: self.pull) }

    /// Pulls elements.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pull: @Sendable () async throws -> [UInt8]?

        public mutating func next() async throws -> [UInt8]? { try await self.pull() }
    }
}
