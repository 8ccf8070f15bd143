package import ContractLifecycle

/// Whether a flow may use components of a contract, by the state that contract is in.
package enum UseRule {
    /// What becomes of a wish to use a component.
    package enum Decision: Hashable, Sendable {
        /// It may be used.
        case allowed
        /// It is there, but no use of it may begin now.
        case unavailable
        /// It is no longer there.
        case gone
    }

    /// Decides about a use that a stored graph would begin or go on with.
    ///
    /// While the owner is suspended, what uses its components already may go on doing so. From
    /// `preparing` on nothing begins: whoever prepared a deletion was told that nothing will.
    package static func decide(owner: ContractState, isUsedAlready: Bool) -> Decision {
        switch owner {
        case .active: .allowed
        case .suspending, .suspended: isUsedAlready ? .allowed : .unavailable
        case .preparing, .scheduled: .unavailable
        case .deleting, .deleted: .gone
        }
    }
}
