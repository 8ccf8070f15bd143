import DeletionOrchestratorDomain
import Testing

@Suite("Waiting, conditions, chunk sizes and the plan")
struct WaitingTests {
    @Test("ceilings double from 50 ms to 60 s and then stay")
    func ceilings() {
        var job = Sample.job()
        var waits: [Int64] = []
        for _ in 0..<13 {
            _ = job.receive(.failed(.identity, .unreachable), at: 0, jitter: 1)
            waits.append(job.waiting.until)
        }
        #expect(
            waits == [
                50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000,
                60_000,
            ])
    }

    @Test(
        "the wait is the random part of the ceiling, never nothing and never more",
        arguments: zip([0.0, 0.5, 1.0, -3.0, 7.0], [1, 25, 50, 1, 50] as [Int64]))
    func jitter(_ jitter: Double, wait: Int64) {
        var job = Sample.job()
        _ = job.receive(.failed(.identity, .unreachable), at: Sample.now, jitter: jitter)
        #expect(job.waiting.until == Sample.now + wait)
    }

    @Test("a condition keeps the time at which it began, whatever its number does")
    func since() {
        var job = Sample.job(.draining)
        _ = job.receive(.stopping(remaining: 5, stopped: 0), at: 100, jitter: 1)
        _ = job.receive(.stopping(remaining: 4, stopped: 1), at: 200, jitter: 1)
        #expect(job.waiting.since == 100)
        #expect(job.waiting.reason == .workersRemaining(4))
        _ = job.receive(.failed(.flowRuntime, .unreachable), at: 300, jitter: 1)
        #expect(job.waiting.since == 300)
    }

    @Test(
        "conditions are read back from their words",
        arguments: [
            (Condition.serviceUnreachable(.flowRuntime), "ServiceUnreachable(flow-runtime)"),
            (
                .serviceRefused(.contracts, code: "invalid_argument"),
                "ServiceRefused(contracts, invalid_argument)"
            ),
            (
                .gateDisagrees(.identity, answer: "superseded"),
                "GateDisagrees(identity, superseded)"
            ),
            (.workersRemaining(3), "WorkersRemaining(3)"),
            (.kindRemaining("flows", 12), "KindRemaining(flows, 12)"),
            (.noProgress, "NoProgress"),
        ])
    func conditions(_ condition: Condition, text: String) {
        #expect(condition.text == text)
        #expect(Condition(text) == condition)
    }

    @Test(
        "other words are no condition",
        arguments: [
            "", "(", "Nothing", "Nothing(1)", "WorkersRemaining(x)", "WorkersRemaining()",
            "ServiceUnreachable(nobody)", "KindRemaining(flows)", "ServiceRefused(contracts)",
        ])
    func otherWords(_ text: String) {
        #expect(Condition(text) == nil)
    }

    @Test(
        "chunks halve when slow, double when fast, and stay within bounds",
        arguments: [
            ([11] as [Int64], 250), ([2], 1_000), ([3], 500), ([10], 500), ([11, 11, 11, 11], 100),
            ([0, 0, 0, 0, 0], 5_000),
        ])
    func chunks(_ times: [Int64], rows: Int) {
        var size = ChunkSize()
        for time in times { size.took(milliseconds: time) }
        #expect(size.rows == rows)
    }

    @Test("the plan names each kind once, the flow runtime's before those of contracts")
    func plan() {
        let plan = DeletionPlan.current
        #expect(plan.version == 1)
        #expect(Set(plan.entries).count == plan.entries.count)
        let services = plan.entries.map(\.service)
        #expect(services == services.sorted { $0 == .flowRuntime && $1 == .contracts })
    }
}
