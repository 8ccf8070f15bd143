public import Identifiers
public import RPC

/// The state a contract is in from now on, as the contracts service tells every participant.
///
/// A command carries the state, not a change, and the contract's epoch, which grows with each
/// transition: commands may be lost, repeated or reordered, and only the newest counts.
@Message
public struct LifecycleCommand: Codable, Hashable, Sendable {
    /// The contract.
    public var contract: ContractID
    /// The tenant the contract belongs to.
    public var tenant: TenantID
    /// The contract's lifecycle counter; grows by one with each transition.
    public var epoch: Int64
    /// The state from this epoch on.
    public var state: ContractState
    /// The suspension or deletion this is part of; `nil` when the contract is simply active.
    public var operation: OperationID?
    /// Why, in the words of who asked; shown when work is refused.
    public var reason: String?
    /// Since when, in milliseconds since 1970.
    public var since: Int64

    /// Makes a command.
    public init(
        contract: ContractID, tenant: TenantID, epoch: Int64, state: ContractState,
        operation: OperationID? = nil, reason: String? = nil, since: Int64
    ) {
        self.contract = contract
        self.tenant = tenant
        self.epoch = epoch
        self.state = state
        self.operation = operation
        self.reason = reason
        self.since = since
    }

    enum CodingKeys: Int, CodingKey {
        case contract = 1
        case tenant = 2
        case epoch = 3
        case state = 4
        case operation = 5
        case reason = 6
        case since = 7
    }
}

/// What a participant says to a command.
@Message
public enum LifecycleAcknowledgement: Codable, Hashable, Sendable {
    /// The state is durably in force here; also said when it already was.
    case applied
    /// A newer command was applied before; nothing changed.
    case superseded(by: Int64)
    /// Another command of the same epoch was applied before; nothing changed, and somebody must look.
    case conflict
    /// The contract is deleted here; nothing ever changes that.
    case gone
}
