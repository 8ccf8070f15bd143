/// How far a deletion is; forward only.
package enum DeletionState: String, CaseIterable, Hashable, Sendable {
    /// Recorded durably, with its plan.
    case accepted
    /// Every gate is closed to everybody but this deletion.
    case fenced
    /// Workers are being stopped.
    case draining
    /// The flow runtime has attested that no process of the contract is left.
    case drained
    /// Rows are being erased.
    case purging
    /// Every service has counted nothing, twice.
    case swept
    /// Users whose last contract this was are being removed.
    case users
    /// Every service has counted nothing once more.
    case sweptAgain
    /// The receipt is signed and stored.
    case receipted
    /// The contract is a tombstone.
    case done

    /// The states that may follow.
    ///
    /// The one way back is from a count that found something after all: then it is erased, too.
    package var followers: Set<DeletionState> {
        switch self {
        case .accepted: [.fenced]
        case .fenced: [.draining]
        case .draining: [.drained]
        case .drained: [.purging]
        case .purging: [.swept]
        case .swept: [.users]
        case .users: [.sweptAgain, .purging]
        case .sweptAgain: [.receipted]
        case .receipted: [.done]
        case .done: []
        }
    }
}
