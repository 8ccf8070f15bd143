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

    private static let interned = Mutex(InternedPaths())

    /// The path of a method with one reply.
    public static func of<Method: RPCMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .unary(Method.self), Method.Service.self)
    }

    /// The path of a method that answers with a stream.
    public static func of<Method: RPCStreamMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .stream(Method.self), Method.Service.self)
    }

    /// The path of a method that is sent a stream and replies once.
    public static func of<Method: RPCClientStreamMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .clientStream(Method.self), Method.Service.self)
    }

    /// The path of a method with a stream each way.
    public static func of<Method: RPCBidirectionalMethod>(_: Method.Type) -> MethodPath {
        self.intern(ObjectIdentifier(Method.self), .bidirectional(Method.self), Method.Service.self)
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
            if let path = paths.path(of: type) { return path }
            let path = MethodPath(declaration(), among: Service.methods)
            paths.insert(path, of: type)
            return path
        }
    }
}

/// The paths of the methods that this process calls, by their types.
///
/// Open addressing over the types' addresses: a look-up is part of every call.
private struct InternedPaths {
    private var slots = [(type: ObjectIdentifier, path: MethodPath)?](repeating: nil, count: 256)
    private var count = 0

    @inline(__always)
    func path(of type: ObjectIdentifier) -> MethodPath? {
        var place = self.place(of: type)
        while let slot = self.slots[place] {
            if slot.type == type { return slot.path }
            place = (place + 1) & (self.slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ path: MethodPath, of type: ObjectIdentifier) {
        if self.count * 2 >= self.slots.count {
            let slots = self.slots
            self.slots = Array(repeating: nil, count: slots.count * 2)
            for slot in slots.lazy.compactMap({ $0 }) { self.put(slot.path, of: slot.type) }
        }
        self.put(path, of: type)
        self.count += 1
    }

    private mutating func put(_ path: MethodPath, of type: ObjectIdentifier) {
        var place = self.place(of: type)
        while self.slots[place] != nil { place = (place + 1) & (self.slots.count - 1) }
        self.slots[place] = (type, path)
    }

    /// Types are aligned and lie close to each other: multiplying spreads them (Fibonacci hashing).
    private func place(of type: ObjectIdentifier) -> Int {
        let hash = UInt64(UInt(bitPattern: type)) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: hash >> 32) & (self.slots.count - 1)
    }
}

/// One attempt at a call, as a carrier takes it.
public struct RPCCall: Sendable {
    /// Which method.
    public var path: MethodPath
    /// The request: exactly one CBOR item.
    public var body: [UInt8]
    /// What travels along: deadline, trace, attempt, criticality, idempotency key, metadata.
    public var context: CallContext
    /// Whether this attempt runs beside an earlier one that is slow to be answered.
    public var isHedge = false
    /// Where earlier attempts at the same call went; carriers with a choice go elsewhere.
    public var trail: EndpointTrail?
    /// What follows the request, where the method takes a stream; pulled as the peer takes it.
    public var elements: RPCRequestElements?
    /// When it was begun, as long as nothing can have waited since: the clock need not be read again.
    package var begun: MonotonicInstant?
    /// Whether a carrier may send the call as a GET, should the method be safe and unary.
    public var prefersGET = false

    /// Makes a call.
    public init(
        path: MethodPath, body: [UInt8], context: CallContext,
        elements: RPCRequestElements? = nil
    ) {
        self.path = path
        self.body = body
        self.context = context
        self.elements = elements
    }
}

/// What comes back of a call.
public enum RPCAnswer: Sendable {
    /// The one reply, exactly one CBOR item, and what was said beside it.
    case message([UInt8], RPCMetadata = RPCMetadata())
    /// The elements of a streamed answer.
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
