package import ContractLifecycle
package import Identifiers

/// How far a suspension is.
package enum SuspensionState: String, CaseIterable, Hashable, Sendable {
    /// The flow runtime's gate is being proven closed.
    case fencing
    /// Workers are being stopped.
    case stopping
    /// Contracts is being told that nothing runs.
    case finishing
    /// Suspended, to be lifted at a time.
    case holding
    /// Over: suspended until lifted by hand, lifted, or overtaken by something newer.
    case ended

    /// The states that may follow.
    package var followers: Set<SuspensionState> {
        switch self {
        case .fencing: [.stopping, .ended]
        case .stopping: [.finishing, .fencing]
        case .finishing: [.holding, .ended]
        case .holding: [.ended]
        case .ended: []
        }
    }
}

/// What a suspension needs done next.
package enum SuspensionAction: Hashable, Sendable {
    /// Put `suspending` into force at the flow runtime, which says whether something newer is.
    case fence
    /// Have the flow runtime stop workers and say how many are left.
    case stopFlows
    /// Tell contracts that nothing runs.
    case finish
    /// Tell contracts that the suspension's time is up.
    case lift
    /// Do nothing before this time, in milliseconds since 1970.
    case wait(until: Int64)
    /// Do nothing ever again.
    case rest
}

/// What became of an action.
package enum SuspensionEvent: Hashable, Sendable {
    /// The flow runtime answered `ApplyContractState`.
    case fenced(LifecycleAcknowledgement)
    /// The flow runtime answered `StopFlows`.
    case stopping(remaining: Int)
    /// Contracts answered `FinishSuspension`.
    case finished(LifecycleAcknowledgement)
    /// Contracts answered `LiftSuspension`.
    case lifted(LifecycleAcknowledgement)
    /// A call failed.
    case failed(Participant, CallFailure)
}

/// A contract's suspension: workers stopped, contracts told, lifted on time.
package struct SuspensionJob: Hashable, Sendable {
    /// The command with state `suspending`.
    package let command: LifecycleCommand
    /// The suspension.
    package let operation: OperationID
    /// When it is to be lifted, in milliseconds since 1970; `nil` for by hand only.
    package let until: Int64?
    /// How far it is.
    package var state: SuspensionState
    /// When it is tried again, and why only then.
    package var waiting: Waiting

    package init(
        _ command: LifecycleCommand, operation: OperationID, until: Int64?,
        state: SuspensionState = .fencing, waiting: Waiting = Waiting()
    ) {
        self.command = command
        self.operation = operation
        self.until = until
        self.state = state
        self.waiting = waiting
    }

    /// What is to be done now.
    package func next(at now: Int64) -> SuspensionAction {
        if self.state == .ended { return .rest }
        return now < self.waiting.until ? .wait(until: self.waiting.until) : self.call
    }

    private var call: SuspensionAction {
        switch self.state {
        case .fencing: .fence
        case .stopping: .stopFlows
        case .finishing: .finish
        case .holding: .lift
        case .ended: .rest
        }
    }

    /// Takes in what became of an action and says what is to be done next.
    ///
    /// An event that is not an answer to the action that was due changes nothing.
    package mutating func receive(
        _ event: SuspensionEvent, at now: Int64, jitter: Double
    ) -> SuspensionAction {
        switch (event, self.call) {
        case (.fenced(let answer), .fence):
            self.acknowledged(answer, by: .flowRuntime, at: now, jitter: jitter) {
                $0.enter(.stopping)
            }
        case (.stopping(0), .stopFlows): self.enter(.finishing)
        case (.stopping(let remaining), .stopFlows):
            self.waiting.postpone(
                because: .workersRemaining(remaining), at: now, jitter: jitter,
                ceilingMax: OrchestratorLimits.pollMillisecondsMax)
        case (.finished(let answer), .finish):
            self.acknowledged(answer, by: .contracts, at: now, jitter: jitter) { $0.hold() }
        case (.lifted(let answer), .lift):
            self.acknowledged(answer, by: .contracts, at: now, jitter: jitter) { $0.enter(.ended) }
        case (.failed(let service, let failure), let call):
            // The gate is not closed at this epoch: ask whether something newer is in force.
            if call == .stopFlows, case .refused = failure { self.state = .fencing }
            self.waiting.postpone(because: failure.condition(service), at: now, jitter: jitter)
        default: break
        }
        return self.next(at: now)
    }

    private mutating func enter(_ state: SuspensionState) {
        self.state = state
        self.waiting.moved()
    }

    private mutating func hold() {
        self.enter(self.until == nil ? .ended : .holding)
        if let until = self.until { self.waiting.until = until }
    }

    /// Goes on when the command is in force, ends when something newer is.
    private mutating func acknowledged(
        _ answer: LifecycleAcknowledgement, by service: Participant, at now: Int64, jitter: Double,
        then proceed: (inout SuspensionJob) -> Void
    ) {
        switch answer {
        case .applied: proceed(&self)
        case .superseded, .gone: self.enter(.ended)
        case .conflict:
            let reason = Condition.gateDisagrees(service, answer: answer.word)
            self.waiting.postpone(because: reason, at: now, jitter: jitter)
        }
    }
}
