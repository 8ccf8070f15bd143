public import Identifiers

/// What a participant remembers of the newest command for a contract.
public struct ContractGate: Hashable, Sendable {
    /// The newest command's epoch.
    public var epoch: Int64
    /// The state in force.
    public var state: ContractState
    /// The suspension or deletion the state is part of.
    public var operation: OperationID?
    /// SHA-256 of the newest command's deterministic CBOR.
    public var digest: [UInt8]
    /// Why, in the words of who asked.
    public var reason: String?
    /// Since when, in milliseconds since 1970.
    public var since: Int64

    /// Makes a gate.
    public init(
        epoch: Int64, state: ContractState, operation: OperationID?, digest: [UInt8],
        reason: String?, since: Int64
    ) {
        self.epoch = epoch
        self.state = state
        self.operation = operation
        self.digest = digest
        self.reason = reason
        self.since = since
    }

    /// What to do with a command, given what is remembered; the whole of the epoch rule.
    ///
    /// A higher epoch is applied even for a contract never heard of, so that a late earlier command
    /// finds it there. `deleted` absorbs everything.
    public static func decide(
        _ command: LifecycleCommand, digest: [UInt8], remembered gate: ContractGate?
    ) -> LifecycleDecision {
        guard let gate else { return .apply }
        if gate.state == .deleted { return gate.digest == digest ? .alreadyApplied : .gone }
        if command.epoch < gate.epoch { return .superseded(by: gate.epoch) }
        if command.epoch == gate.epoch {
            return gate.digest == digest ? .alreadyApplied : .conflict
        }
        return .apply
    }
}

/// What to do with a lifecycle command.
public enum LifecycleDecision: Hashable, Sendable {
    /// Store it and put it into force.
    case apply
    /// It is in force; say so again.
    case alreadyApplied
    /// Something newer is in force.
    case superseded(by: Int64)
    /// Something else of the same epoch is in force.
    case conflict
    /// The contract is deleted here.
    case gone

    /// The acknowledgement that goes back.
    public var acknowledgement: LifecycleAcknowledgement {
        switch self {
        case .apply, .alreadyApplied: .applied
        case .superseded(let epoch): .superseded(by: epoch)
        case .conflict: .conflict
        case .gone: .gone
        }
    }
}
