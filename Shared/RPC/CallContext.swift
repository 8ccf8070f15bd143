/// What travels with a call without being asked for: the deadline, the trace, who calls.
///
/// The context is task-local: a handler's own calls inherit its deadline (less a slack), its trace
/// and its criticality without anyone passing them on, so they cannot be forgotten.
public struct CallContext: Sendable {
    /// How willingly work is refused under load.
    public enum Criticality: String, Codable, CaseIterable, Hashable, Sendable {
        /// Refused last.
        case critical
        /// Most work.
        case `default`
        /// Refused first.
        case sheddable
    }

    /// When the answer stops being of use; `nil` outside a call.
    public var deadline: ContinuousClock.Instant?
    /// The trace this work belongs to.
    public var trace: TraceContext?
    /// The peer that called, by the name it proved; `nil` for this process's own work.
    public var caller: PeerName?
    /// Which attempt this is, counted from 1.
    public var attempt: Int
    /// How willingly the work is refused under load.
    public var criticality: Criticality
    /// The caller's key for repeating this very call, if it sent one.
    public var idempotencyKey: String?
    /// What the caller sent along; it is for this call only and never passed on by itself.
    public var metadata: RPCMetadata
    /// What follows the request, for the route of a method that takes a stream.
    var incoming: RPCRequestElements?
    /// The call being answered when it has a key and its answer is kept: lets a handler store the
    /// answer in the transaction of its effect.
    public internal(set) var keyedCall: KeyedCall?

    /// The context of the running work.
    @TaskLocal public static var current = CallContext()

    /// Makes a context; outside a call everything is absent.
    public init(
        deadline: ContinuousClock.Instant? = nil, trace: TraceContext? = nil,
        caller: PeerName? = nil, attempt: Int = 1, criticality: Criticality = .default,
        idempotencyKey: String? = nil, metadata: RPCMetadata = RPCMetadata()
    ) {
        self.deadline = deadline
        self.trace = trace
        self.caller = caller
        self.attempt = attempt
        self.criticality = criticality
        self.idempotencyKey = idempotencyKey
        self.metadata = metadata
    }
}

/// The proven name of a peer: `contracts`, `flow-runtime`, …
///
/// It comes from the transport (the identity of a Unix socket's directory, a certificate), never
/// from something the peer merely says.
public struct PeerName: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Makes a name.
    public init(_ text: String) { self.text = text }

    /// Reads the name from its text.
    public init(from decoder: any Decoder) throws {
        self.text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the name as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }

    public var description: String { self.text }
}
