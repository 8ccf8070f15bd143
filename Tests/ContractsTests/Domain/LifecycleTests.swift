import ContractLifecycle
import ContractsDomain
import Identifiers
import Testing

@Suite("The lifecycle of a contract")
struct LifecycleTests {
    static let operation = OperationID(secondsSince1970: 1)
    static let other = OperationID(secondsSince1970: 2)
    static let user = UserID(secondsSince1970: 3)
    static let id = ContractID(secondsSince1970: 4)
    static let tenant = TenantID(secondsSince1970: 5)

    static func lifecycle(
        epoch: Int64, phase: Lifecycle.Phase, prior: Lifecycle.Phase? = nil,
        deletionRequestedBy: UserID? = nil
    ) -> Lifecycle {
        Lifecycle(
            contract: id, tenant: tenant, epoch: epoch, phase: phase, prior: prior,
            deletionRequestedBy: deletionRequestedBy)
    }

    /// A contract in a state, at epoch 7, with what belongs to that state.
    static func contract(_ state: ContractState) -> Lifecycle {
        let suspension = Lifecycle.Phase(
            .suspended, operation: other, reason: "unpaid", since: 50, until: 900)
        switch state {
        case .active: return lifecycle(epoch: 7, phase: .init(.active, since: 50))
        case .suspending, .suspended:
            var phase = suspension
            phase.state = state
            phase.operation = operation
            return lifecycle(epoch: 7, phase: phase)
        default:
            return lifecycle(
                epoch: 7, phase: .init(state, operation: operation, since: 60),
                prior: suspension, deletionRequestedBy: user)
        }
    }

    enum Event: CaseIterable {
        case suspend, finishSuspension, unsuspend, lift, prepare, abandon, schedule, begin, finish
    }

    enum Outcome: Equatable {
        case to(ContractState), keep, superseded, refused
    }

    static func apply(_ event: Event, to contract: Lifecycle) throws(Refusal) -> LifecycleAction {
        switch event {
        case .suspend:
            try contract.suspend(operation, reason: "late", until: nil, at: 100)
        case .finishSuspension: contract.finishSuspension(operation, epoch: 7)
        case .unsuspend: try contract.unsuspend(resumingFlows: false, at: 100)
        case .lift: try contract.liftSuspension(operation, at: 100)
        case .prepare: contract.prepareDeletion(operation, by: user, at: 100)
        case .abandon: contract.abandonDeletion(operation)
        case .schedule: contract.scheduleDeletion(operation, at: 100)
        case .begin: contract.beginDeletion(operation, at: 100)
        case .finish: contract.finishDeletion(operation, epoch: 7, at: 100)
        }
    }

    static func outcome(_ event: Event, in state: ContractState) -> Outcome {
        do {
            switch try apply(event, to: contract(state)) {
            case .advance(let next, _, _): return .to(next.phase.state)
            case .keep: return .keep
            case .superseded(let epoch): return epoch == 7 ? .superseded : .refused
            }
        } catch {
            return .refused
        }
    }

    /// What every event does in every state, in the order of `ContractState.allCases`.
    static let table: [(Event, [Outcome])] = [
        (
            .suspend,
            [.to(.suspending), .keep, .keep, .refused, .refused, .refused, .refused]
        ),
        (
            .finishSuspension,
            [
                .superseded, .to(.suspended), .keep, .superseded, .superseded, .superseded,
                .superseded,
            ]
        ),
        (
            .unsuspend,
            [.keep, .refused, .to(.active), .refused, .refused, .refused, .refused]
        ),
        (
            .lift,
            [.superseded, .refused, .to(.active), .refused, .refused, .refused, .refused]
        ),
        (
            .prepare,
            [.to(.preparing), .to(.preparing), .to(.preparing), .keep, .keep, .keep, .keep]
        ),
        (
            .abandon,
            [
                .superseded, .superseded, .superseded, .to(.suspended), .superseded, .superseded,
                .superseded,
            ]
        ),
        (
            .schedule,
            [
                .superseded, .superseded, .superseded, .to(.scheduled), .keep, .superseded,
                .superseded,
            ]
        ),
        (
            .begin,
            [
                .superseded, .superseded, .superseded, .superseded, .to(.deleting), .keep,
                .superseded,
            ]
        ),
        (
            .finish,
            [
                .superseded, .superseded, .superseded, .superseded, .superseded, .to(.deleted),
                .keep,
            ]
        ),
    ]

    @Test("every event in every state does what the table says", arguments: Self.table)
    func transitions(event: Event, outcomes: [Outcome]) {
        for (state, expected) in zip(ContractState.allCases, outcomes) {
            #expect(Self.outcome(event, in: state) == expected, "\(event) while \(state)")
        }
    }

    @Test("no transition is made that the shared vocabulary does not know")
    func followers() {
        var made: [ContractState: Set<ContractState>] = [:]
        for state in ContractState.allCases {
            for event in Event.allCases {
                if case .to(let next) = Self.outcome(event, in: state) {
                    made[state, default: []].insert(next)
                }
            }
        }
        for (state, nexts) in made { #expect(nexts.isSubset(of: state.followers), "\(state)") }
    }

    @Test("every transition adds one to the epoch", arguments: ContractState.allCases)
    func epochs(state: ContractState) throws {
        for event in Event.allCases {
            guard let action = try? Self.apply(event, to: Self.contract(state)) else { continue }
            if case .advance(let next, _, _) = action { #expect(next.epoch == 8, "\(event)") }
        }
    }

    @Test("a suspension tells participants and has the orchestrator begin")
    func suspensionTells() throws {
        let action = try Self.contract(.active).suspend(
            Self.operation, reason: "unpaid", until: 900, at: 100)
        let phase = Lifecycle.Phase(
            .suspending, operation: Self.operation, reason: "unpaid", since: 100, until: 900)
        #expect(
            action
                == .advance(
                    Self.lifecycle(epoch: 8, phase: phase), telling: .participants,
                    and: .beginSuspension))
    }

    @Test("a finished suspension counts from its beginning")
    func suspendedSince() {
        let action = Self.contract(.suspending).finishSuspension(Self.operation, epoch: 7)
        guard case .advance(let next, .participants, .nothing) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(next.phase.since == 50)
        #expect(next.phase.until == 900)
    }

    @Test("a report on a suspension of another epoch changes nothing")
    func lateReport() {
        let contract = Self.contract(.suspending)
        #expect(contract.finishSuspension(Self.operation, epoch: 6) == .superseded(by: 7))
        #expect(contract.finishSuspension(Self.other, epoch: 7) == .superseded(by: 7))
    }

    @Test("unsuspending names the suspension only when its flows are to be resumed")
    func resuming() throws {
        for (isResuming, operation) in [(false, nil), (true, Self.operation)] {
            let action = try Self.contract(.suspended).unsuspend(
                resumingFlows: isResuming, at: 100)
            guard case .advance(let next, .participants, .nothing) = action else {
                Issue.record("\(action)")
                return
            }
            #expect(next.phase == .init(.active, operation: operation, since: 100))
        }
    }

    @Test("preparing a deletion tells nobody: it is asked about")
    func preparingIsAsked() {
        let action = Self.contract(.active).prepareDeletion(
            Self.operation, by: Self.user, at: 100)
        guard case .advance(let next, .nobody, .nothing) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(next.prior == .init(.active, since: 50))
        #expect(next.deletionRequestedBy == Self.user)
    }

    @Test("a refused deletion leaves no trace but the epoch")
    func abandoning() {
        for state in [ContractState.active, .suspended, .suspending] {
            let before = Self.contract(state)
            let operation = OperationID(secondsSince1970: 9)
            guard
                case .advance(let preparing, _, _) = before.prepareDeletion(
                    operation, by: Self.user, at: 100),
                case .advance(let after, .participants, let work) = preparing.abandonDeletion(
                    operation)
            else {
                Issue.record("\(state)")
                return
            }
            #expect(after == Self.lifecycle(epoch: 9, phase: before.phase))
            #expect(work == (state == .suspending ? .beginSuspension : .nothing))
        }
    }

    @Test("deleting begins at the orchestrator, scheduled does not")
    func pivot() {
        guard
            case .advance(let scheduled, .participants, .nothing) = Self.contract(.preparing)
                .scheduleDeletion(Self.operation, at: 100),
            case .advance(let deleting, .participants, .beginDeletion) = scheduled.beginDeletion(
                Self.operation, at: 101)
        else {
            Issue.record("the deletion does not begin")
            return
        }
        #expect(deleting.epoch == 9)
        #expect(deleting.phase.since == 101)
        #expect(deleting.deletionRequestedBy == Self.user)
    }

    @Test("while a deletion is prepared, participants that ask are told the state before")
    func commandInForce() {
        func told(_ state: ContractState) -> LifecycleCommand? {
            Self.contract(state).commandInForce
        }
        #expect(told(.active) == nil)
        #expect(told(.preparing)?.state == .suspended)
        #expect(told(.preparing)?.epoch == 6)
        for state in [ContractState.suspending, .suspended, .scheduled, .deleting] {
            #expect(told(state)?.state == state)
            #expect(told(state)?.epoch == 7)
        }
    }
}
