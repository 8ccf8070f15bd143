public import ContractLifecycle
public import Identifiers
public import RPC

/// Asks whether anything stands against deleting a contract, and closes it if nothing does.
///
/// One transaction looks for uses of the contract's components in other contracts' flows and, when
/// there are none, closes the gate; from then on no such use can begin. Whoever said `prepared`
/// never releases by itself: the contracts service decides, by a later `ApplyContractState`.
@Message
public struct PrepareDeletion: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "PrepareDeletion"
    public static let repetition = Repetition.idempotent
    /// Blocking flows listed at most; the total is always given.
    public static let blockersMax = 100

    /// The command with state `preparing`.
    public var command: LifecycleCommand

    /// Whether the contract may be deleted.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// Nothing stands against it, and nothing will.
        case prepared
        /// These flows of other contracts use its components; nothing changed.
        case refused(blockers: [Blocker], total: Int)
        /// A newer command is in force.
        case superseded(by: Int64)
    }

    /// A flow of another contract that uses a component of this one.
    @Message
    public struct Blocker: Codable, Hashable, Sendable {
        /// The flow.
        public var flow: FlowID
        /// The component it uses.
        public var component: ComponentID

        /// Makes a blocker.
        public init(flow: FlowID, component: ComponentID) {
            self.flow = flow
            self.component = component
        }

        enum CodingKeys: Int, CodingKey {
            case flow = 1
            case component = 2
        }
    }

    /// Makes the request.
    public init(_ command: LifecycleCommand) { self.command = command }

    enum CodingKeys: Int, CodingKey { case command = 1 }
}
