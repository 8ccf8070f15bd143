import IdentityDomain
import Testing

@Suite("The lockout")
struct PasswordAttemptsTests {
    typealias Verdict = PasswordAttempts.Verdict

    struct Step: Sendable {
        var isRight: Bool
        var time: Int64
        var verdict: Verdict
    }

    static func wrong(_ time: Int64, _ verdict: Verdict = .wrong) -> Step {
        Step(isRight: false, time: time, verdict: verdict)
    }

    static func right(_ time: Int64, _ verdict: Verdict = .accepted) -> Step {
        Step(isRight: true, time: time, verdict: verdict)
    }

    @Test(
        "attempts come to what the state machine says",
        arguments: [
            // A right one lets in, at once and after failures short of the limit.
            [right(0)],
            [wrong(0), wrong(0), wrong(0), wrong(0), right(0)],
            // The fifth wrong one in a row locks; then even the right one is refused.
            [wrong(0), wrong(1), wrong(2), wrong(3), wrong(4), right(5, .locked)],
            // A right one in between starts the count again.
            [wrong(0), wrong(0), wrong(0), wrong(0), right(0), wrong(0), right(0)],
            // The lock ends on time, not before; attempts in it do not lengthen it.
            [
                wrong(0), wrong(0), wrong(0), wrong(0), wrong(0), wrong(998, .locked),
                right(999, .locked), right(1_000),
            ],
            // After the end the count starts again.
            [
                wrong(0), wrong(0), wrong(0), wrong(0), wrong(0), wrong(1_000), wrong(1_000),
                wrong(1_000), wrong(1_000), right(1_000),
            ],
            [
                wrong(0), wrong(0), wrong(0), wrong(0), wrong(0), wrong(1_000), wrong(1_000),
                wrong(1_000), wrong(1_000), wrong(1_000), right(1_001, .locked),
            ],
        ])
    func settles(steps: [Step]) {
        let rule = LockoutRule(failuresMax: 5, lockedMilliseconds: 1_000)
        var attempts = PasswordAttempts()
        for step in steps {
            let verdict = attempts.settle(isRight: step.isRight, at: step.time, rule: rule)
            #expect(verdict == step.verdict)
        }
    }

    @Test("an accepted attempt leaves no trace of failures")
    func resets() {
        var attempts = PasswordAttempts(failures: 3)
        _ = attempts.settle(isRight: true, at: 0, rule: LockoutRule())
        #expect(attempts == PasswordAttempts())
    }

    @Test("by default five failures lock for a quarter of an hour")
    func defaults() {
        #expect(LockoutRule() == LockoutRule(failuresMax: 5, lockedMilliseconds: 900_000))
    }
}
