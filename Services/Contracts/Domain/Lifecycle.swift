package import ContractLifecycle
package import Identifiers

/// A contract's life: which state it is in, and what a request or a report makes of it.
///
/// Every method decides on one event and returns what to do; nothing here changes by itself. Each
/// transition adds one to the epoch. The transitions made here are those of
/// `ContractState.followers`; a test compares the two.
package struct Lifecycle: Hashable, Sendable {
    /// One state and what belongs to it.
    package struct Phase: Hashable, Sendable {
        /// The state.
        package var state: ContractState
        /// The suspension or deletion the state is part of.
        ///
        /// An active contract has one only when the flows that this suspension stopped are to be
        /// started again.
        package var operation: OperationID?
        /// Why, in the words of who asked.
        package var reason: String?
        /// Since when, in milliseconds since 1970; a suspension counts from its beginning.
        package var since: Int64
        /// When a suspension is to be lifted, in milliseconds since 1970.
        package var until: Int64?

        /// Makes a phase.
        package init(
            _ state: ContractState, operation: OperationID? = nil, reason: String? = nil,
            since: Int64, until: Int64? = nil
        ) {
            self.state = state
            self.operation = operation
            self.reason = reason
            self.since = since
            self.until = until
        }
    }

    /// The contract.
    package let contract: ContractID
    /// The tenant it belongs to.
    package let tenant: TenantID
    /// The lifecycle counter, from 1.
    package var epoch: Int64
    /// The state in force.
    package var phase: Phase
    /// What a deletion that is refused goes back to; only while one is being prepared.
    package var prior: Phase?
    /// Who asked for the deletion, while there is one.
    package var deletionRequestedBy: UserID?

    /// Makes a value as it was stored.
    package init(
        contract: ContractID, tenant: TenantID, epoch: Int64, phase: Phase, prior: Phase? = nil,
        deletionRequestedBy: UserID? = nil
    ) {
        self.contract = contract
        self.tenant = tenant
        self.epoch = epoch
        self.phase = phase
        self.prior = prior
        self.deletionRequestedBy = deletionRequestedBy
    }

    /// A contract that has just been made.
    package static func begin(
        contract: ContractID, tenant: TenantID, at now: Int64
    ) -> Lifecycle {
        Lifecycle(contract: contract, tenant: tenant, epoch: 1, phase: Phase(.active, since: now))
    }

    /// The state in force, as a refusal tells it.
    package var inForce: Refusal.StateInForce {
        Refusal.StateInForce(
            self.contract, self.phase.state, reason: self.phase.reason, since: self.phase.since)
    }

    private func next(_ phase: Phase) -> Lifecycle {
        var next = self
        next.epoch += 1
        next.phase = phase
        return next
    }
}

extension Lifecycle {
    /// Somebody asks for a suspension.
    package func suspend(
        _ operation: OperationID, reason: String?, until: Int64?, at now: Int64
    ) throws(Refusal) -> LifecycleAction {
        switch self.phase.state {
        case .active:
            let phase = Phase(
                .suspending, operation: operation, reason: reason, since: now, until: until)
            return .advance(self.next(phase), telling: .participants, and: .beginSuspension)
        case .suspending, .suspended: return .keep
        case .preparing, .scheduled, .deleting, .deleted: throw .state(self.inForce)
        }
    }

    /// The orchestrator reports that nothing of the suspended contract runs any more.
    package func finishSuspension(_ operation: OperationID, epoch: Int64) -> LifecycleAction {
        guard self.phase.operation == operation else { return .superseded(by: self.epoch) }
        switch self.phase.state {
        case .suspending where self.epoch == epoch:
            var phase = self.phase
            phase.state = .suspended
            return .advance(self.next(phase), telling: .participants, and: .nothing)
        case .suspended: return .keep
        default: return .superseded(by: self.epoch)
        }
    }

    /// Somebody asks for the end of a suspension.
    package func unsuspend(
        resumingFlows: Bool, at now: Int64
    ) throws(Refusal) -> LifecycleAction {
        switch self.phase.state {
        case .active: return .keep
        case .suspending: throw .stillSuspending(self.inForce)
        case .suspended:
            let phase = Phase(
                .active, operation: resumingFlows ? self.phase.operation : nil, since: now)
            return .advance(self.next(phase), telling: .participants, and: .nothing)
        case .preparing, .scheduled, .deleting, .deleted: throw .state(self.inForce)
        }
    }

    /// The orchestrator reports that a suspension's time is up.
    ///
    /// Refused, for another try, while that suspension is not complete or a deletion is being
    /// prepared on top of it.
    package func liftSuspension(
        _ operation: OperationID, at now: Int64
    ) throws(Refusal) -> LifecycleAction {
        if self.prior?.operation == operation, self.phase.state != .deleting {
            throw .state(self.inForce)
        }
        guard self.phase.operation == operation, self.phase.state != .active else {
            return .superseded(by: self.epoch)
        }
        return try self.unsuspend(resumingFlows: false, at: now)
    }
}

extension Lifecycle {
    /// Somebody asks for the deletion; it wins over a suspension, complete or not.
    package func prepareDeletion(
        _ operation: OperationID, by user: UserID, at now: Int64
    ) -> LifecycleAction {
        switch self.phase.state {
        case .active, .suspending, .suspended:
            var next = self.next(Phase(.preparing, operation: operation, since: now))
            next.prior = self.phase
            next.deletionRequestedBy = user
            return .advance(next, telling: .nobody, and: .nothing)
        case .preparing, .scheduled, .deleting, .deleted: return .keep
        }
    }

    /// A participant refused the deletion, or could not be asked in time: back to the state before.
    ///
    /// A suspension that was not complete is begun again, since the orchestrator's report on it
    /// would come for an epoch that is over.
    package func abandonDeletion(_ operation: OperationID) -> LifecycleAction {
        guard self.phase.state == .preparing, self.phase.operation == operation,
            let prior = self.prior
        else { return .superseded(by: self.epoch) }
        var next = self.next(prior)
        next.prior = nil
        next.deletionRequestedBy = nil
        let work: LifecycleAction.Work = prior.state == .suspending ? .beginSuspension : .nothing
        return .advance(next, telling: .participants, and: work)
    }

    /// Every participant is prepared: the deletion is agreed.
    package func scheduleDeletion(_ operation: OperationID, at now: Int64) -> LifecycleAction {
        self.step(operation, from: .preparing, to: .scheduled, at: now, and: .nothing)
    }

    /// The deletion's time has come: the point of no return.
    package func beginDeletion(_ operation: OperationID, at now: Int64) -> LifecycleAction {
        self.step(operation, from: .scheduled, to: .deleting, at: now, and: .beginDeletion)
    }

    /// The orchestrator reports that everything is erased and the receipt stored.
    package func finishDeletion(
        _ operation: OperationID, epoch: Int64, at now: Int64
    ) -> LifecycleAction {
        guard self.epoch == epoch else { return .superseded(by: self.epoch) }
        return self.step(operation, from: .deleting, to: .deleted, at: now, and: .nothing)
    }

    private func step(
        _ operation: OperationID, from: ContractState, to state: ContractState, at now: Int64,
        and work: LifecycleAction.Work
    ) -> LifecycleAction {
        guard self.phase.operation == operation else { return .superseded(by: self.epoch) }
        if self.phase.state == state { return .keep }
        guard self.phase.state == from else { return .superseded(by: self.epoch) }
        let phase = Phase(state, operation: operation, reason: self.phase.reason, since: now)
        return .advance(self.next(phase), telling: .participants, and: work)
    }
}
