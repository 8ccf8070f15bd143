import ContractLifecycle
import DeletionOrchestratorDomain
import Testing

@Suite("The course of a suspension")
struct SuspensionJobTests {
    static func job(
        _ state: SuspensionState = .fencing, until: Int64? = nil
    ) -> SuspensionJob {
        SuspensionJob(
            Sample.command(.suspending), operation: Sample.operation, until: until, state: state)
    }

    struct Line: CustomTestStringConvertible {
        var from: SuspensionState
        var event: SuspensionEvent
        var to: SuspensionState
        var action: SuspensionAction
        var until: Int64?
        var testDescription: String { "\(self.from) \(self.event)" }

        init(
            _ from: SuspensionState, _ event: SuspensionEvent, _ to: SuspensionState,
            _ action: SuspensionAction, until: Int64? = nil
        ) {
            self.from = from
            self.event = event
            self.to = to
            self.action = action
            self.until = until
        }
    }

    static let soon = Sample.now + 50
    static let lifting = Sample.now + 86_400_000
    static let refused = CallFailure.refused(code: "failed_precondition")

    static let table: [Line] = [
        Line(.fencing, .fenced(.applied), .stopping, .stopFlows),
        Line(.fencing, .fenced(.superseded(by: 9)), .ended, .rest),
        Line(.fencing, .fenced(.gone), .ended, .rest),
        Line(.fencing, .fenced(.conflict), .fencing, .wait(until: Self.soon)),
        Line(.fencing, .failed(.flowRuntime, .unreachable), .fencing, .wait(until: Self.soon)),
        Line(.stopping, .stopping(remaining: 3), .stopping, .wait(until: Self.soon)),
        Line(.stopping, .stopping(remaining: 0), .finishing, .finish),
        Line(.stopping, .failed(.flowRuntime, Self.refused), .fencing, .wait(until: Self.soon)),
        Line(.stopping, .failed(.flowRuntime, .unreachable), .stopping, .wait(until: Self.soon)),
        Line(.finishing, .finished(.applied), .ended, .rest),
        Line(
            .finishing, .finished(.applied), .holding, .wait(until: Self.lifting),
            until: Self.lifting),
        Line(.finishing, .finished(.superseded(by: 9)), .ended, .rest, until: Self.lifting),
        Line(.finishing, .finished(.gone), .ended, .rest),
        Line(.finishing, .finished(.conflict), .finishing, .wait(until: Self.soon)),
        Line(.holding, .lifted(.applied), .ended, .rest, until: Self.lifting),
        Line(.holding, .lifted(.superseded(by: 9)), .ended, .rest, until: Self.lifting),
        Line(
            .holding, .failed(.contracts, .unreachable), .holding, .wait(until: Self.soon),
            until: Self.lifting),
        Line(.ended, .stopping(remaining: 0), .ended, .rest),
        Line(.stopping, .finished(.applied), .stopping, .stopFlows),
    ]

    @Test("each outcome leads to the next state and action", arguments: Self.table)
    func course(_ line: Line) {
        var job = Self.job(line.from, until: line.until)
        let action = job.receive(line.event, at: Sample.now, jitter: 1)
        #expect(action == line.action)
        #expect(job.state == line.to)
        #expect(line.to == line.from || line.from.followers.contains(line.to))
    }

    @Test("a suspension with a time is lifted then and not before")
    func lifting() {
        var job = Self.job(.finishing, until: Self.lifting)
        _ = job.receive(.finished(.applied), at: Sample.now, jitter: 1)
        #expect(job.next(at: Self.lifting - 1) == .wait(until: Self.lifting))
        #expect(job.next(at: Self.lifting) == .lift)
    }

    @Test("workers are asked for at least twice a second")
    func polling() {
        var job = Self.job(.stopping)
        for _ in 0..<20 { _ = job.receive(.stopping(remaining: 1), at: Sample.now, jitter: 1) }
        #expect(job.waiting.until == Sample.now + 500)
        #expect(job.waiting.reason == .workersRemaining(1))
    }
}
