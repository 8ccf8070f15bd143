package import ContractLifecycle
import Identifiers

/// What a lifecycle event comes to.
package enum LifecycleAction: Hashable, Sendable {
    /// Save the new state and, in the same transaction, what is to be sent.
    case advance(Lifecycle, telling: Audience, and: Work)
    /// What is asked for is in force; answer as the first time.
    case keep
    /// The event is about an epoch that is over; nothing changes.
    case superseded(by: Int64)

    /// Who is told the new state.
    package enum Audience: Hashable, Sendable {
        /// Nobody: a deletion being prepared is asked about, not told.
        case nobody
        /// Every service that keeps something of the contract.
        case participants
    }

    /// What the orchestrator is to do.
    package enum Work: Hashable, Sendable {
        /// Nothing.
        case nothing
        /// Stop what runs and report.
        case beginSuspension
        /// Erase everything and report.
        case beginDeletion
    }
}

extension Lifecycle {
    /// The command that puts this state into force at a participant.
    package var command: LifecycleCommand { self.command(self.epoch, self.phase) }

    /// The newest command that was told to participants; `nil` for a contract that is active as far
    /// as they know.
    ///
    /// While a deletion is being prepared that is the command before: whether to close is asked, and
    /// a participant that took it for granted would not look whether anything stands against it.
    package var commandInForce: LifecycleCommand? {
        switch (self.phase.state, self.prior) {
        case (.active, _): nil
        case (.preparing, let prior?):
            prior.state == .active ? nil : self.command(self.epoch - 1, prior)
        default: self.command
        }
    }

    private func command(_ epoch: Int64, _ phase: Phase) -> LifecycleCommand {
        LifecycleCommand(
            contract: self.contract, tenant: self.tenant, epoch: epoch, state: phase.state,
            operation: phase.operation, reason: phase.reason, since: phase.since)
    }
}
