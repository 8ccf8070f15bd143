public import ContractLifecycle
public import Identifiers
public import RPC

/// Has a contract erased everywhere, forward only, until the receipt is signed.
///
/// Accepted durably, with its plan, before it is answered; repeating it changes nothing.
@Message
public struct BeginDeletion: RPCMethod {
    public typealias Service = DeletionOrchestrator
    public typealias Reply = LifecycleAcknowledgement
    public static let name = "BeginDeletion"
    public static let repetition = Repetition.idempotent

    /// The command with state `deleting`.
    public var command: LifecycleCommand
    /// Who asked for the deletion.
    public var requestedBy: UserID
    /// When it was asked for, in milliseconds since 1970.
    public var requestedAt: Int64

    /// Makes the request.
    public init(_ command: LifecycleCommand, requestedBy: UserID, requestedAt: Int64) {
        self.command = command
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
    }

    enum CodingKeys: Int, CodingKey {
        case command = 1
        case requestedBy = 2
        case requestedAt = 3
    }
}

/// Asks how far a deletion is.
@Message
public struct DeletionStatus: RPCMethod {
    public typealias Service = DeletionOrchestrator
    public static let name = "DeletionStatus"
    public static let repetition = Repetition.safe

    /// The deletion.
    public var operation: OperationID

    /// How far it is; an unknown deletion is `not_found`.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The contract.
        public var contract: ContractID
        /// The job's state, for example `purging`.
        public var state: String
        /// Why it waits, in stable words, for example `ServiceUnreachable(flow-runtime)`.
        public var conditions: [String]
        /// Steps done of all steps.
        public var stepsDone: Int
        /// All steps of the plan.
        public var stepsTotal: Int

        /// Makes the reply.
        public init(
            contract: ContractID, state: String, conditions: [String], stepsDone: Int,
            stepsTotal: Int
        ) {
            self.contract = contract
            self.state = state
            self.conditions = conditions
            self.stepsDone = stepsDone
            self.stepsTotal = stepsTotal
        }

        enum CodingKeys: Int, CodingKey {
            case contract = 1
            case state = 2
            case conditions = 3
            case stepsDone = 4
            case stepsTotal = 5
        }
    }

    /// Makes the request.
    public init(operation: OperationID) { self.operation = operation }

    enum CodingKeys: Int, CodingKey { case operation = 1 }
}

/// Has a waiting deletion try again now instead of at its next time.
@Message
public struct RetryDeletion: RPCMethod {
    public typealias Service = DeletionOrchestrator
    public static let name = "RetryDeletion"
    public static let repetition = Repetition.idempotent

    /// The deletion.
    public var operation: OperationID

    /// It will; an unknown deletion is `not_found`, a finished one is left alone.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Makes the reply.
        public init() {}
    }

    /// Makes the request.
    public init(operation: OperationID) { self.operation = operation }

    enum CodingKeys: Int, CodingKey { case operation = 1 }
}
