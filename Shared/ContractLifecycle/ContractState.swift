public import RPC

/// Where a contract is in its life.
///
/// Decided by the contracts service alone and repeated by every participant's gate. The legal ways
/// from one to another are `ContractState.followers`.
@Message
public enum ContractState: String, Codable, CaseIterable, Hashable, Sendable {
    /// Everything is allowed.
    case active
    /// New work is refused; what runs is being stopped.
    case suspending
    /// New work is refused; nothing runs.
    case suspended
    /// A deletion was asked for; participants are being asked whether anything stands against it.
    case preparing
    /// The deletion is agreed and waits for its time; it can still be taken back.
    case scheduled
    /// Past the point of no return: everything is being erased.
    case deleting
    /// Erased. Nothing ever follows.
    case deleted

    /// The states that may follow, by one transition each.
    public var followers: Set<ContractState> {
        switch self {
        case .active: [.suspending, .preparing]
        case .suspending: [.suspended, .preparing]
        case .suspended: [.active, .preparing]
        case .preparing: [.active, .suspending, .suspended, .scheduled]
        case .scheduled: [.suspended, .deleting]
        case .deleting: [.deleted]
        case .deleted: []
        }
    }

    /// Whether new work of any kind may begin.
    public var allowsNewWork: Bool { self == .active }

    /// Whether the contract's own people may delete their own things.
    public var allowsDeletingOwnThings: Bool {
        switch self {
        case .active, .suspending, .suspended: true
        case .preparing, .scheduled, .deleting, .deleted: false
        }
    }

    /// What the public API shows as `status`.
    public var publicStatus: String {
        switch self {
        case .active: "active"
        case .suspending: "suspending"
        case .suspended: "suspended"
        case .preparing, .scheduled, .deleting, .deleted: "deleting"
        }
    }
}
