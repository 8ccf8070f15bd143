import NIOCore
import Testing

@testable import PublicHTTP

@Suite("The patience of an HTTP/1.1 connection")
struct HTTP1TimingTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let limits = PublicLimits()

    private func timing(_ phase: HTTP1Timing.Phase) -> HTTP1Timing {
        var timing = HTTP1Timing(limits: self.limits, now: Self.start)
        timing.enter(phase, now: Self.start)
        return timing
    }

    private func at(_ seconds: Int64) -> NIODeadline { Self.start + .seconds(seconds) }

    @Test(
        "each phase ends in its own way at its own time",
        arguments: [
            (HTTP1Timing.Phase.idle, Int64(60), HTTP1Timing.Verdict.close),
            (.head, 10, .refuseAsTooSlow), (.handling, 30, .cancelHandler),
            (.streaming, 15, .sendHeartbeat), (.finishing, 30, .close), (.lingering, 2, .close),
        ])
    func phases(phase: HTTP1Timing.Phase, seconds: Int64, verdict: HTTP1Timing.Verdict) {
        var timing = self.timing(phase)
        #expect(timing.verdict(now: self.at(seconds - 1)) == .wait(until: self.at(seconds)))
        #expect(timing.verdict(now: self.at(seconds)) == verdict)
    }

    @Test("the first byte of a head starts its clock, later ones do not")
    func head() {
        var timing = self.timing(.idle)
        timing.received(1, now: self.at(50))
        timing.received(1, now: self.at(59))
        #expect(timing.phase == .head)
        #expect(timing.verdict(now: self.at(59)) == .wait(until: self.at(60)))
        #expect(timing.verdict(now: self.at(60)) == .refuseAsTooSlow)
    }

    @Test("a body may dawdle at first, then it must keep pace")
    func body() {
        var timing = self.timing(.body)
        #expect(timing.verdict(now: self.at(10)) == .wait(until: self.at(11)))
        timing.received(2048, now: self.at(10))
        #expect(timing.verdict(now: self.at(12)) == .wait(until: self.at(13)))
        #expect(timing.verdict(now: self.at(13)) == .refuseAsTooSlow)
    }

    @Test("a handler is cancelled once")
    func handler() {
        var timing = self.timing(.handling)
        #expect(timing.verdict(now: self.at(30)) == .cancelHandler)
        #expect(timing.verdict(now: self.at(30)) == .wait(until: self.at(31)))
    }

    @Test("a peer that takes an answer slowly gets all the time it needs")
    func progress() {
        var timing = self.timing(.handling)
        timing.writability(false, now: self.at(0))
        timing.enter(.finishing, now: self.at(0))
        for second in stride(from: Int64(20), through: 200, by: 20) {
            timing.progressed(now: self.at(second))
            #expect(timing.verdict(now: self.at(second + 19)) == .wait(until: self.at(second + 30)))
        }
        #expect(timing.verdict(now: self.at(230)) == .close)
    }

    @Test("a peer that takes nothing is given up in every phase")
    func stall() {
        var timing = self.timing(.streaming)
        timing.wrote(now: self.at(20))
        timing.writability(false, now: self.at(20))
        timing.wrote(now: self.at(40))
        timing.writability(false, now: self.at(45))
        #expect(timing.verdict(now: self.at(49)) == .wait(until: self.at(50)))
        #expect(timing.verdict(now: self.at(50)) == .close)
        timing.writability(true, now: self.at(50))
        #expect(timing.verdict(now: self.at(50)) == .wait(until: self.at(55)))
    }
}
