import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import Testing

@Suite("The course of a deletion")
struct DeletionJobTests {
    /// What happened, and what must follow from it.
    typealias Line = (event: DeletionEvent, action: DeletionAction, state: DeletionState)

    static let attestation = Attestation(
        workers: 0, stopped: 2, method: "cgroup", instanceFence: 4, attestedAt: 9)
    static let nothing: [KindCount] = []
    static let none = [KindCount(kind: "flows", count: 0)]

    /// From acceptance to the end, as it goes when nothing goes wrong.
    static let course: [Line] = [
        (.fenced(.flowRuntime, .applied), .fence(.identity), .accepted),
        (.fenced(.identity, .applied), .stopFlows, .fenced),
        (.stopping(remaining: 2, stopped: 0), .wait(until: Sample.now + 50), .draining),
        (.hurried, .stopFlows, .draining),
        (.stopping(remaining: 0, stopped: 2), .attest, .draining),
        (.attested(Self.attestation), .count(.flowRuntime), .drained),
        (
            .counted(
                .flowRuntime,
                [KindCount(kind: "logs", count: 5), KindCount(kind: "flows", count: 3)]),
            .count(.contracts), .drained
        ),
        (.counted(.contracts, [KindCount(kind: "members", count: 2)]), .count(.identity), .drained),
        (.counted(.identity, []), .purge(.flowRuntime, kind: "logs", chunk: 0), .purging),
        (
            .erased(.flowRuntime, kind: "logs", chunk: 0, rows: 4, isLast: false),
            .purge(.flowRuntime, kind: "logs", chunk: 1), .purging
        ),
        (
            .erased(.flowRuntime, kind: "logs", chunk: 1, rows: 1, isLast: true),
            .purge(.flowRuntime, kind: "flows", chunk: 0), .purging
        ),
        (
            .erased(.flowRuntime, kind: "flows", chunk: 0, rows: 3, isLast: true),
            .purge(.contracts, kind: "members", chunk: 0), .purging
        ),
        (
            .erased(.contracts, kind: "members", chunk: 0, rows: 2, isLast: true),
            .count(.flowRuntime), .purging
        ),
        (.counted(.flowRuntime, Self.none), .count(.contracts), .purging),
        (.counted(.contracts, Self.nothing), .count(.identity), .purging),
        (.counted(.identity, Self.nothing), .count(.flowRuntime), .purging),
        (.counted(.flowRuntime, Self.none), .count(.contracts), .purging),
        (.counted(.contracts, Self.nothing), .count(.identity), .purging),
        (.counted(.identity, Self.nothing), .askUsers, .swept),
        (.usersToRelease(Sample.users), .releaseUsers(Sample.users), .users),
        (
            .usersReleased([KindCount(kind: "users", count: 2)]), .confirmUsers(Sample.users),
            .users
        ),
        (.usersConfirmed, .askUsers, .users),
        (.usersToRelease([]), .count(.flowRuntime), .users),
        (.counted(.flowRuntime, Self.none), .count(.contracts), .users),
        (.counted(.contracts, Self.nothing), .count(.identity), .users),
        (.counted(.identity, Self.nothing), .seal(.flowRuntime), .sweptAgain),
        (.sealed(.flowRuntime), .seal(.contracts), .sweptAgain),
        (.sealed(.contracts), .seal(.identity), .sweptAgain),
        (.sealed(.identity), .seal(.deletionOrchestrator), .sweptAgain),
        (.sealed(.deletionOrchestrator), .issueReceipt, .sweptAgain),
        (.receiptIssued, .finish, .receipted),
        (.finished(.applied), .rest, .done),
    ]

    @Test("each outcome leads to the next action, and counts are exact at the end")
    func walk() {
        var job = Sample.job()
        #expect(job.next(at: Sample.now) == .fence(.flowRuntime))
        for (number, line) in Self.course.enumerated() {
            let before = job.state
            let action = job.receive(line.event, at: Sample.now, jitter: 1)
            #expect(action == line.action, "line \(number)")
            #expect(job.state == line.state, "line \(number)")
            #expect(job.state == before || before.followers.contains(job.state))
        }
        #expect(job.steps.map(\.kind) == ["logs", "flows", "members", "users"])
        #expect(job.steps.map(\.found) == [5, 3, 2, 2])
        #expect(job.steps.map(\.deleted) == [5, 3, 2, 2])
        #expect(job.steps.map(\.remaining) == [0, 0, 0, 0])
        #expect(job.workersStopped == 2)
    }

    @Test("an outcome told twice, or of another action, changes nothing")
    func echoes() {
        var job = Sample.job()
        for line in Self.course {
            _ = job.receive(line.event, at: Sample.now, jitter: 1)
            if line.event == .hurried { continue }
            let before = job
            for echo in Self.course.map(\.event)
            where echo != .hurried && !Self.answers(echo, to: job.next(at: .max)) {
                _ = job.receive(echo, at: Sample.now, jitter: 1)
                #expect(job == before, "\(echo) in \(job.state)")
            }
        }
    }

    static func answers(_ event: DeletionEvent, to action: DeletionAction) -> Bool {
        switch (event, action) {
        case (.fenced(let one, _), .fence(let other)), (.counted(let one, _), .count(let other)),
            (.sealed(let one), .seal(let other)):
            one == other
        case (.erased(let service, let kind, let chunk, _, _), let action):
            action == .purge(service, kind: kind, chunk: chunk)
        case (.stopping, .stopFlows), (.attested, .attest), (.usersToRelease, .askUsers),
            (.usersReleased, .releaseUsers), (.usersConfirmed, .confirmUsers),
            (.receiptIssued, .issueReceipt), (.finished, .finish):
            true
        default: false
        }
    }

    @Test("a failed call is tried again in any state, later each time, and says why")
    func failures() {
        var job = Sample.job()
        for line in Self.course {
            var waiting = job
            let due = job.next(at: .max)
            var ceilings: [Int64] = []
            for _ in 0..<13 {
                let action = waiting.receive(
                    .failed(.contracts, .unreachable), at: Sample.now, jitter: 1)
                #expect(action == .wait(until: waiting.waiting.until))
                ceilings.append(waiting.waiting.until - Sample.now)
            }
            #expect(waiting.conditions(at: Sample.now) == [.serviceUnreachable(.contracts)])
            #expect(ceilings.suffix(2) == [60_000, 60_000])
            #expect(waiting.state == job.state)
            #expect(waiting.next(at: waiting.waiting.until) == due)
            _ = job.receive(line.event, at: Sample.now, jitter: 1)
        }
    }

    @Test(
        "a gate that remembers something else is waited for, not passed",
        arguments: [
            LifecycleAcknowledgement.superseded(by: 8), .conflict, .gone,
        ])
    func disagreeing(_ answer: LifecycleAcknowledgement) {
        var job = Sample.job()
        _ = job.receive(.fenced(.flowRuntime, answer), at: Sample.now, jitter: 1)
        #expect(job.next(at: .max) == .fence(.flowRuntime))
        #expect(
            job.conditions(at: Sample.now).map(\.text).first?.hasPrefix("GateDisagrees") == true)
        job = Sample.job(.receipted)
        _ = job.receive(.finished(answer), at: Sample.now, jitter: 1)
        #expect(job.state == .receipted)
        #expect(job.next(at: .max) == .finish)
    }

    @Test("a refused attestation has the workers counted again")
    func refusedAttestation() {
        var job = Sample.job(.draining)
        job.workersRemaining = 0
        #expect(job.next(at: Sample.now) == .attest)
        let failure = DeletionEvent.failed(.flowRuntime, .refused(code: "failed_precondition"))
        _ = job.receive(failure, at: Sample.now, jitter: 1)
        #expect(job.next(at: .max) == .stopFlows)
    }

    @Test("an attestation with workers in it is none")
    func hollowAttestation() {
        var job = Sample.job(.draining)
        job.workersRemaining = 0
        var hollow = Self.attestation
        hollow.workers = 1
        _ = job.receive(.attested(hollow), at: Sample.now, jitter: 1)
        #expect(job.state == .draining)
        #expect(job.attestation == nil)
        #expect(job.conditions(at: Sample.now) == [.workersRemaining(1)])
        #expect(job.next(at: .max) == .stopFlows)
    }

    @Test("rows found by a sweep are erased, and all sweeps begin again")
    func reopening() {
        for state in [DeletionState.purging, .users] {
            var job = Sample.job(state)
            for index in job.steps.indices {
                job.steps[index].isDone = true
                job.steps[index].deleted = 4
                job.steps[index].chunk = 2
            }
            job.cursor = state == .users ? 2 : 4
            let found = [KindCount(kind: "members", count: 3), KindCount(kind: "new", count: 1)]
            _ = job.receive(.counted(.contracts, found), at: Sample.now, jitter: 1)
            #expect(job.state == .purging)
            #expect(job.cursor == 0)
            #expect(
                job.conditions(at: Sample.now) == [
                    .kindRemaining("members", 3), .kindRemaining("new", 1),
                ])
            #expect(job.next(at: Sample.now) == .wait(until: Sample.now + 50))
            #expect(job.next(at: .max) == .purge(.contracts, kind: "members", chunk: 2))
            #expect(job.steps[1].found == 7)
            #expect(job.steps.last?.kind == "new")
        }
    }

    @Test("rows that come back after every purge make the waits longer, not the loop hotter")
    func stubbornRows() {
        var job = Sample.job(.purging)
        for index in job.steps.indices { job.steps[index].isDone = true }
        var waits: [Int64] = []
        for round in 0..<6 {
            _ = job.receive(
                .counted(.flowRuntime, [KindCount(kind: "flows", count: 1)]), at: Sample.now,
                jitter: 1)
            waits.append(job.waiting.until - Sample.now)
            _ = job.receive(
                .erased(.flowRuntime, kind: "flows", chunk: round, rows: 0, isLast: true),
                at: Sample.now, jitter: 1)
        }
        #expect(waits == [50, 100, 200, 400, 800, 1_600])
    }

    @Test("rows that identity holds keep a deletion from ending though nothing erases them here")
    func identityRows() {
        var job = Sample.job(.purging)
        for index in job.steps.indices { job.steps[index].isDone = true }
        job.cursor = 2
        let found = [KindCount(kind: "sessions", count: 1)]
        _ = job.receive(.counted(.identity, found), at: Sample.now, jitter: 1)
        #expect(job.state == .purging)
        #expect(job.next(at: .max) == .count(.flowRuntime))
    }

    @Test("kinds the plan has and the service does not are steps that found nothing")
    func absentKinds() {
        var job = Sample.job(.drained)
        _ = job.receive(
            .counted(.flowRuntime, [KindCount(kind: "new", count: 1)]), at: Sample.now, jitter: 1)
        #expect(job.steps.map(\.kind) == ["new", "flows", "members"])
        #expect(job.steps.map(\.isDone) == [false, true, false])
    }

    @Test("standing still for five minutes is said, and moving again ends it")
    func noProgress() {
        var job = Sample.job()
        let later = Sample.now + 300_000
        #expect(job.conditions(at: later - 1) == [])
        #expect(job.conditions(at: later) == [.noProgress])
        _ = job.receive(.fenced(.flowRuntime, .applied), at: later, jitter: 1)
        #expect(job.conditions(at: later) == [])
        #expect(Sample.job(.done).conditions(at: later) == [])
    }

    @Test("the way is forward, and every state but done has a way on")
    func states() {
        for state in DeletionState.allCases {
            #expect(state.followers.isEmpty == (state == .done))
            #expect(!state.followers.contains(.accepted))
        }
    }
}
