public import Identifiers
public import RPC

/// Has every worker of a fenced contract stopped, and says how many are left.
///
/// Asked again until none is. Refused with `failed_precondition` unless the gate is closed at this
/// epoch or a later one, since stopping what may start again proves nothing.
@Message
public struct StopFlows: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "StopFlows"
    public static let repetition = Repetition.idempotent

    /// The suspension or deletion.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID
    /// The epoch of the state that closed the gate.
    public var epoch: Int64

    /// What is left.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Workers that have not ended yet.
        public var remaining: Int
        /// Workers that this operation has stopped so far.
        public var stopped: Int

        /// Makes the reply.
        public init(remaining: Int, stopped: Int) {
            self.remaining = remaining
            self.stopped = stopped
        }

        enum CodingKeys: Int, CodingKey {
            case remaining = 1
            case stopped = 2
        }
    }

    /// Makes the request.
    public init(operation: OperationID, contract: ContractID, epoch: Int64) {
        self.operation = operation
        self.contract = contract
        self.epoch = epoch
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
        case epoch = 3
    }
}

/// Asks for the attestation that no process of a contract is left and none can start.
///
/// Refused with `failed_precondition` while one is: the reply is evidence and goes into the receipt.
@Message
public struct AttestDrained: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "AttestDrained"
    public static let repetition = Repetition.idempotent

    /// The deletion.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID
    /// The epoch of `deleting`.
    public var epoch: Int64

    /// The attestation.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Worker rows of any state; always 0.
        public var workers: Int
        /// Workers stopped by this operation.
        public var stopped: Int
        /// How absence was proven: `cgroup` or `session+token-scan`.
        public var method: String
        /// The runtime's instance fence: grows with each of its starts.
        public var instanceFence: Int64
        /// When, in milliseconds since 1970.
        public var attestedAt: Int64

        /// Makes the reply.
        public init(
            workers: Int, stopped: Int, method: String, instanceFence: Int64, attestedAt: Int64
        ) {
            self.workers = workers
            self.stopped = stopped
            self.method = method
            self.instanceFence = instanceFence
            self.attestedAt = attestedAt
        }

        enum CodingKeys: Int, CodingKey {
            case workers = 1
            case stopped = 2
            case method = 3
            case instanceFence = 4
            case attestedAt = 5
        }
    }

    /// Makes the request.
    public init(operation: OperationID, contract: ContractID, epoch: Int64) {
        self.operation = operation
        self.contract = contract
        self.epoch = epoch
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
        case epoch = 3
    }
}
