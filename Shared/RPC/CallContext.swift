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
    public var deadline: MonotonicInstant?
    /// The trace this work belongs to.
    public var trace: TraceContext?
    /// The peer that called, by the name it proved; `nil` for this process's own work.
    public var caller: PeerName?
    /// Which attempt this is, counted from 1.
    public var attempt: Int
    /// How willingly the work is refused under load.
    public var criticality: Criticality
    /// What most calls have nothing of: contexts are copied often, and one reference is cheap.
    private var rare: Rare?

    /// The context of the running work.
    @TaskLocal public static var current = CallContext()

    /// Makes a context; outside a call everything is absent.
    public init(
        deadline: MonotonicInstant? = nil, trace: TraceContext? = nil,
        caller: PeerName? = nil, attempt: Int = 1, criticality: Criticality = .default,
        idempotencyKey: String? = nil, metadata: RPCMetadata = RPCMetadata()
    ) {
        self.deadline = deadline
        self.trace = trace
        self.caller = caller
        self.attempt = attempt
        self.criticality = criticality
        self.rare = Rare(idempotencyKey, metadata)
    }

    /// What of this travels on with a call made from here.
    @inline(__always)
    consuming func forCall(idempotencyKey: String?, metadata: RPCMetadata) -> CallContext {
        self.caller = nil
        self.attempt = 1
        self.rare = Rare(idempotencyKey, metadata)
        return self
    }
}

extension CallContext {
    private struct RareFields {
        var idempotencyKey: String?
        var metadata = RPCMetadata()
        var incoming: RPCRequestElements?
        var keyedCall: KeyedCall?
    }

    private final class Rare: Sendable {
        let fields: RareFields

        init(_ fields: RareFields) { self.fields = fields }

        @inline(__always)
        convenience init?(_ idempotencyKey: String?, _ metadata: RPCMetadata) {
            guard idempotencyKey != nil || !metadata.isEmpty else { return nil }
            self.init(RareFields(idempotencyKey: idempotencyKey, metadata: metadata))
        }
    }

    private mutating func change(_ change: (inout RareFields) -> Void) {
        var fields = self.rare?.fields ?? RareFields()
        change(&fields)
        self.rare = Rare(fields)
    }

    /// The caller's key for repeating this very call, if it sent one.
    public var idempotencyKey: String? {
        get { self.rare?.fields.idempotencyKey }
        set { self.change { $0.idempotencyKey = newValue } }
    }

    /// What the caller sent along; it is for this call only and never passed on by itself.
    public var metadata: RPCMetadata {
        get { self.rare?.fields.metadata ?? RPCMetadata() }
        set { self.change { $0.metadata = newValue } }
    }

    /// What follows the request, for the route of a method that takes a stream.
    var incoming: RPCRequestElements? {
        get { self.rare?.fields.incoming }
        set { self.change { $0.incoming = newValue } }
    }

    /// The call being answered when it has a key and its answer is kept: lets a handler store the
    /// answer in the transaction of its effect.
    public internal(set) var keyedCall: KeyedCall? {
        get { self.rare?.fields.keyedCall }
        set { self.change { $0.keyedCall = newValue } }
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
