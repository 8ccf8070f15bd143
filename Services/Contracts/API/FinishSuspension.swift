public import ContractLifecycle
public import Identifiers
public import RPC

/// Says that nothing of a suspended contract runs any more: `suspending` becomes `suspended`.
///
/// Answered `superseded` when the contract has moved on meanwhile; then nothing changes.
@Message
public struct FinishSuspension: RPCMethod {
    public typealias Service = Contracts
    public typealias Reply = LifecycleAcknowledgement
    public static let name = "FinishSuspension"
    public static let repetition = Repetition.idempotent

    /// The suspension.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID
    /// The epoch of `suspending`.
    public var epoch: Int64

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

/// Ends a suspension whose time is up: `suspended` becomes `active`.
///
/// Only the suspension named is lifted; a later one stays.
@Message
public struct LiftSuspension: RPCMethod {
    public typealias Service = Contracts
    public typealias Reply = LifecycleAcknowledgement
    public static let name = "LiftSuspension"
    public static let repetition = Repetition.idempotent

    /// The suspension.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID

    /// Makes the request.
    public init(operation: OperationID, contract: ContractID) {
        self.operation = operation
        self.contract = contract
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
    }
}
