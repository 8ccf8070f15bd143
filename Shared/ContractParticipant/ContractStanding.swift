public import ContractLifecycle
public import Identifiers

/// How a contract stands where something is about to be done for it.
public struct ContractStanding: Hashable, Sendable {
    /// The state in force.
    public var state: ContractState
    /// The epoch the state came with; 0 for a contract never heard of.
    public var epoch: Int64
    /// The suspension or deletion the state is part of.
    public var operation: OperationID?
    /// Why, in the words of who asked.
    public var reason: String?
    /// Since when, in milliseconds since 1970.
    public var since: Int64

    /// Makes a standing.
    public init(
        state: ContractState, epoch: Int64, operation: OperationID?, reason: String?, since: Int64
    ) {
        self.state = state
        self.epoch = epoch
        self.operation = operation
        self.reason = reason
        self.since = since
    }

    /// A contract that nothing was ever said about: everything is allowed.
    public static let neverHeardOf = ContractStanding(
        state: .active, epoch: 0, operation: nil, reason: nil, since: 0)

    /// Refuses what the state does not allow.
    ///
    /// Purging is allowed in `deleting` only, and only to the operation and at the epoch that put
    /// the contract there: a purge that was held up on the way never hits anything else.
    public func check(
        _ contract: ContractID, allows use: ContractUse
    ) throws(ContractGateRefusal) {
        let isAllowed =
            switch use {
            case .newWork: self.state.allowsNewWork
            case .deletingOwnThings: self.state.allowsDeletingOwnThings
            case .purge(let operation, let epoch):
                self.state == .deleting && self.operation == operation && self.epoch == epoch
            }
        if isAllowed { return }
        throw ContractGateRefusal(
            contract: contract, use: use, state: self.state, reason: self.reason,
            since: self.since)
    }
}

/// What is about to be done for a contract.
public enum ContractUse: Hashable, Sendable {
    /// Anything that creates, changes or starts.
    case newWork
    /// The contract's own people delete their own things.
    case deletingOwnThings
    /// A deletion erases, at the epoch of its `deleting`.
    case purge(operation: OperationID, epoch: Int64)
}
