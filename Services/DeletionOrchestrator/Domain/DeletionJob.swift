package import ContractLifecycle
package import Identifiers

/// A contract's deletion: what is known, and from it what is to be done next.
///
/// A value. Whoever drives it carries out ``next(at:)``, hands the outcome to
/// ``receive(_:at:jitter:)`` and saves the value before carrying out what comes then; so it can be
/// taken up again at any point from what was saved, by repeating one call.
package struct DeletionJob: Hashable, Sendable {
    /// The command with state `deleting`.
    package let command: LifecycleCommand
    /// The deletion.
    package let operation: OperationID
    /// Who asked for it.
    package let requestedBy: UserID
    /// When it was asked for, in milliseconds since 1970.
    package let requestedAt: Int64
    /// The plan it was accepted with.
    package let planVersion: Int
    /// How far it is.
    package var state: DeletionState
    /// How many of the state's calls are done.
    package var cursor: Int
    /// Workers left by the newest answer; `nil` when it must be asked.
    package var workersRemaining: Int?
    /// Workers stopped so far.
    package var workersStopped: Int
    /// The attestation of their absence.
    package var attestation: Attestation?
    /// What is known of each kind, in the order to be erased.
    package var steps: [DeletionStep]
    /// The users being removed now.
    package var batch: UserBatch?
    /// When it is tried again, and why only then.
    package var waiting: Waiting
    /// When something last moved, in milliseconds since 1970.
    package var progressAt: Int64

    /// Accepts a deletion.
    package init(
        _ command: LifecycleCommand, operation: OperationID, requestedBy: UserID,
        requestedAt: Int64, plan: DeletionPlan = .current, at now: Int64
    ) {
        self.init(
            command, operation: operation, requestedBy: requestedBy, requestedAt: requestedAt,
            planVersion: plan.version, state: .accepted, progressAt: now)
        self.steps = plan.entries.map { DeletionStep(service: $0.service, kind: $0.kind) }
    }

    /// Takes up a deletion from what was saved; the rest is assigned.
    package init(
        _ command: LifecycleCommand, operation: OperationID, requestedBy: UserID,
        requestedAt: Int64, planVersion: Int, state: DeletionState, progressAt: Int64
    ) {
        self.command = command
        self.operation = operation
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.planVersion = planVersion
        self.state = state
        self.cursor = 0
        self.workersStopped = 0
        self.steps = []
        self.waiting = Waiting()
        self.progressAt = progressAt
    }

    /// What is to be done now.
    package func next(at now: Int64) -> DeletionAction {
        if self.state == .done { return .rest }
        return now < self.waiting.until ? .wait(until: self.waiting.until) : self.call
    }

    /// The call that comes next, whenever that is.
    var call: DeletionAction {
        switch self.state {
        case .accepted: .fence(Participant.fenced[self.cursor])
        case .fenced: .stopFlows
        case .draining: self.workersRemaining == 0 ? .attest : .stopFlows
        case .drained: .count(Participant.counted[self.cursor])
        case .purging: self.purgeOrCount
        case .swept: .askUsers
        case .users: self.userCall
        case .sweptAgain:
            self.cursor < Participant.sealed.count
                ? .seal(Participant.sealed[self.cursor]) : .issueReceipt
        case .receipted: .finish
        case .done: .rest
        }
    }

    private var purgeOrCount: DeletionAction {
        if let step = self.steps.first(where: { !$0.isDone }) {
            return .purge(step.service, kind: step.kind, chunk: step.chunk)
        }
        return .count(Participant.counted[self.cursor % Participant.counted.count])
    }

    /// Asks (cursor 0) until nobody is left, then counts (from cursor 1).
    private var userCall: DeletionAction {
        if let batch = self.batch {
            return batch.isReleased ? .confirmUsers(batch.users) : .releaseUsers(batch.users)
        }
        return self.cursor == 0 ? .askUsers : .count(Participant.counted[self.cursor - 1])
    }

    /// Why it waits, now.
    package func conditions(at now: Int64) -> [Condition] {
        if self.state == .done { return [] }
        var conditions = self.waiting.reason.map { [$0] } ?? []
        for step in self.steps where step.reopened > 0 && step.remaining > 0 {
            let condition = Condition.kindRemaining(step.kind, step.remaining)
            if !conditions.contains(condition) { conditions.append(condition) }
        }
        if now - self.progressAt >= OrchestratorLimits.noProgressMilliseconds {
            conditions.append(.noProgress)
        }
        return conditions
    }
}
