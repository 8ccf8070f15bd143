import ContractLifecycle
import Identifiers

extension DeletionJob {
    /// Takes in what became of an action and says what is to be done next.
    ///
    /// An event that is not an answer to the action that was due changes nothing: it is an echo of
    /// something already taken in. `jitter` (0 to 1) spreads waits.
    package mutating func receive(
        _ event: DeletionEvent, at now: Int64, jitter: Double
    ) -> DeletionAction {
        switch (event, self.call) {
        case (.fenced(let service, let answer), .fence(let due)) where service == due:
            self.fenced(service, answer, at: now, jitter: jitter)
        case (.stopping(let remaining, let stopped), .stopFlows):
            self.stopping(remaining: remaining, stopped: stopped, at: now, jitter: jitter)
        case (.attested(let attestation), .attest):
            self.attested(attestation, at: now, jitter: jitter)
        case (.counted(let service, let kinds), .count(let due)) where service == due:
            self.counted(service, kinds, at: now, jitter: jitter)
        case (.erased(let service, let kind, let chunk, let rows, let isLast), let due)
        where due == .purge(service, kind: kind, chunk: chunk):
            self.erased(service, kind, rows: rows, isLast: isLast, at: now)
        case (.usersToRelease(let users), .askUsers): self.usersToRelease(users, at: now)
        case (.usersReleased(let kinds), .releaseUsers): self.usersReleased(kinds, at: now)
        case (.usersConfirmed, .confirmUsers):
            self.batch = nil
            self.moved(at: now)
        case (.sealed(let service), .seal(let due)) where service == due:
            self.cursor += 1
            self.moved(at: now)
        case (.receiptIssued, .issueReceipt): self.enter(.receipted, at: now)
        case (.finished(let answer), .finish):
            self.finished(answer, at: now, jitter: jitter)
        case (.failed(let service, let failure), _):
            self.failed(service, failure, at: now, jitter: jitter)
        case (.hurried, _): self.waiting.hurry()
        default: break
        }
        return self.next(at: now)
    }

    private mutating func enter(_ state: DeletionState, at now: Int64) {
        self.state = state
        self.cursor = 0
        self.moved(at: now)
    }

    private mutating func moved(at now: Int64) {
        self.progressAt = now
        self.waiting.moved()
    }

    private mutating func fenced(
        _ service: Participant, _ answer: LifecycleAcknowledgement, at now: Int64, jitter: Double
    ) {
        guard answer == .applied else {
            let reason = Condition.gateDisagrees(service, answer: answer.word)
            return self.waiting.postpone(because: reason, at: now, jitter: jitter)
        }
        self.cursor += 1
        self.moved(at: now)
        if self.cursor == Participant.fenced.count { self.enter(.fenced, at: now) }
    }

    private mutating func stopping(
        remaining: Int, stopped: Int, at now: Int64, jitter: Double
    ) {
        let hasMoved = self.workersRemaining.map { remaining < $0 } ?? true
        self.workersRemaining = remaining
        self.workersStopped = stopped
        if self.state == .fenced { self.enter(.draining, at: now) }
        if hasMoved { self.progressAt = now }
        guard remaining > 0 else { return self.waiting.moved() }
        self.waiting.postpone(
            because: .workersRemaining(remaining), at: now, jitter: jitter,
            ceilingMax: OrchestratorLimits.pollMillisecondsMax)
    }

    private mutating func attested(
        _ attestation: Attestation, at now: Int64, jitter: Double
    ) {
        guard attestation.workers == 0 else {
            self.workersRemaining = attestation.workers
            let reason = Condition.workersRemaining(attestation.workers)
            return self.waiting.postpone(
                because: reason, at: now, jitter: jitter,
                ceilingMax: OrchestratorLimits.pollMillisecondsMax)
        }
        self.attestation = attestation
        self.workersStopped = attestation.stopped
        self.enter(.drained, at: now)
    }

    private mutating func erased(
        _ service: Participant, _ kind: String, rows: Int, isLast: Bool, at now: Int64
    ) {
        self.changeStep(service, kind) { $0.erased(rows, isLast: isLast) }
        if rows > 0 { self.moved(at: now) } else { self.waiting.clear() }
    }

    private mutating func finished(
        _ answer: LifecycleAcknowledgement, at now: Int64, jitter: Double
    ) {
        guard answer == .applied else {
            let reason = Condition.gateDisagrees(.contracts, answer: answer.word)
            return self.waiting.postpone(because: reason, at: now, jitter: jitter)
        }
        self.enter(.done, at: now)
    }

    private mutating func failed(
        _ service: Participant, _ failure: CallFailure, at now: Int64, jitter: Double
    ) {
        // A refused attestation means that a worker is there after all: count them again.
        if self.call == .attest, case .refused = failure { self.workersRemaining = nil }
        self.waiting.postpone(because: failure.condition(service), at: now, jitter: jitter)
    }

    private mutating func usersToRelease(_ users: [UserID], at now: Int64) {
        if self.state == .swept { self.enter(.users, at: now) }
        if users.isEmpty {
            self.cursor = 1
        } else {
            self.batch = UserBatch(users: users, isReleased: false)
        }
        self.moved(at: now)
    }

    private mutating func usersReleased(_ kinds: [KindCount], at now: Int64) {
        self.batch?.isReleased = true
        for kind in kinds {
            self.changeStep(.identity, kind.kind) { step in
                step.found += kind.count
                step.deleted += kind.count
                step.isDone = true
            }
        }
        self.moved(at: now)
    }

    /// Changes what is known of a kind, which becomes a step if it is none.
    mutating func changeStep(
        _ service: Participant, _ kind: String, _ change: (inout DeletionStep) -> Void
    ) {
        let index = self.steps.firstIndex { $0.service == service && $0.kind == kind }
        if let index { return change(&self.steps[index]) }
        var step = DeletionStep(service: service, kind: kind)
        change(&step)
        self.steps.append(step)
    }

    /// The state's calls are done.
    mutating func pass(to state: DeletionState, at now: Int64) { self.enter(state, at: now) }
}

extension LifecycleAcknowledgement {
    /// A stable word for conditions.
    var word: String {
        switch self {
        case .applied: "applied"
        case .superseded: "superseded"
        case .conflict: "conflict"
        case .gone: "gone"
        }
    }
}
