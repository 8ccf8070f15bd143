import ContractLifecycle

extension DeletionJob {
    /// A service counted what it holds: the first time to know what there is, later to prove that
    /// there is nothing.
    mutating func counted(
        _ service: Participant, _ kinds: [KindCount], at now: Int64, jitter: Double
    ) {
        if self.state == .drained {
            self.survey(service, kinds, at: now)
        } else {
            self.sweep(service, kinds, at: now, jitter: jitter)
        }
    }

    /// Puts the service's steps into the order the service gives, which is the one its foreign keys
    /// demand; kinds of the plan that it does not hold found nothing.
    private mutating func survey(_ service: Participant, _ kinds: [KindCount], at now: Int64) {
        let reported = kinds.map { kind in
            var step = DeletionStep(service: service, kind: kind.kind)
            step.surveyed(kind.count)
            return step
        }
        let names = Set(kinds.map(\.kind))
        let absent = self.steps.filter { $0.service == service && !names.contains($0.kind) }
            .map { step in
                var step = step
                step.surveyed(0)
                return step
            }
        let own = reported + absent
        let place = self.steps.firstIndex { $0.service == service } ?? self.steps.count
        self.steps.removeAll { $0.service == service }
        self.steps.insert(contentsOf: own, at: place)
        self.cursor += 1
        self.waiting.moved()
        self.progressAt = now
        if self.cursor == Participant.counted.count { self.pass(to: .purging, at: now) }
    }

    /// Goes on to the next count, or back to erasing what was found after all.
    private mutating func sweep(
        _ service: Participant, _ kinds: [KindCount], at now: Int64, jitter: Double
    ) {
        for kind in kinds { self.changeStep(service, kind.kind) { $0.swept(kind.count) } }
        if let left = kinds.first(where: { $0.count > 0 }) {
            let attempts = self.waiting.attempts
            if self.state == .users { self.pass(to: .purging, at: now) }
            self.cursor = 0
            self.waiting.attempts = attempts
            let reason = Condition.kindRemaining(left.kind, left.count)
            return self.waiting.postpone(because: reason, at: now, jitter: jitter)
        }
        self.cursor += 1
        self.waiting.clear()
        switch self.state {
        case .purging
        where self.cursor == Participant.counted.count * OrchestratorLimits.sweepRounds:
            self.pass(to: .swept, at: now)
        case .users where self.cursor > Participant.counted.count:
            self.pass(to: .sweptAgain, at: now)
        default: break
        }
    }
}
