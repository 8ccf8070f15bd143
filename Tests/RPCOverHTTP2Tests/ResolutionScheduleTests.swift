import Testing

@testable import RPCOverHTTP2

@Suite("Endpoints are looked up from time to time, and early when one fails")
struct ResolutionScheduleTests {
    enum Event: Sendable {
        case ticked(Int, ResolutionSchedule.Action)
        case wanted(Int, ResolutionSchedule.Action)
        case succeeded(Int)
        case failed(Int)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let events: [Event]
        var testDescription: String { self.name }
    }

    static let cases: [Case] = [
        Case(name: "at once", events: [.ticked(0, .resolve)]),
        Case(
            name: "one at a time",
            events: [.wanted(0, .resolve), .wanted(1, .none), .ticked(90, .none)]),
        Case(
            name: "again after the interval",
            events: [
                .ticked(0, .resolve), .succeeded(1), .ticked(30, .none), .ticked(31, .resolve),
            ]),
        Case(
            name: "early when it is wanted",
            events: [.ticked(0, .resolve), .succeeded(1), .wanted(10, .resolve)]),
        Case(
            name: "wanted too early: as soon as it may be",
            events: [
                .ticked(0, .resolve), .succeeded(10), .wanted(11, .none), .ticked(11, .none),
                .ticked(12, .resolve),
            ]),
        Case(
            name: "failures are repeated, with waits that double up to the interval",
            events: [
                .ticked(0, .resolve), .failed(0), .ticked(1, .none), .ticked(2, .resolve),
                .failed(2), .wanted(5, .none), .ticked(6, .resolve), .failed(6), .ticked(13, .none),
                .ticked(14, .resolve), .failed(14), .ticked(30, .resolve), .failed(30),
                .ticked(59, .none), .ticked(60, .resolve), .succeeded(60), .wanted(62, .resolve),
            ]),
    ]

    @Test("the table", arguments: Self.cases)
    func decides(example: Case) {
        var limits = RPCPoolLimits()
        limits.resolveSeconds = 30
        limits.resolveSecondsMin = 2
        var schedule = ResolutionSchedule(limits)
        for event in example.events {
            switch event {
            case .ticked(let now, let action):
                let taken = schedule.ticked(at: .seconds(now))
                #expect(taken == action, "ticked at \(now)")
            case .wanted(let now, let action):
                let taken = schedule.wanted(at: .seconds(now))
                #expect(taken == action, "wanted at \(now)")
            case .succeeded(let now): schedule.ended(isSuccess: true, at: .seconds(now))
            case .failed(let now): schedule.ended(isSuccess: false, at: .seconds(now))
            }
        }
    }
}
