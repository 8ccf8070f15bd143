import RPC
import Testing

@testable import RPCOverHTTP2

@Suite("Endpoints that fail are passed over")
struct OutlierEjectorTests {
    typealias Action = OutlierEjector.Action
    typealias Tally = OutlierEjector.Tally

    static let ids = (0..<10).map { EndpointID($0) }

    static func ejector(
        _ count: Int, _ change: (inout EjectionLimits) -> Void = { _ in }
    ) -> OutlierEjector {
        var limits = EjectionLimits()
        change(&limits)
        var ejector = OutlierEjector(limits)
        for id in self.ids.prefix(count) { ejector.add(id) }
        return ejector
    }

    /// Successes and failures of endpoints 0, 1, ….
    static func tallies(_ counts: [(Int, Int)]) -> [EndpointID: Tally] {
        Dictionary(
            uniqueKeysWithValues: zip(self.ids, counts).map {
                ($0, Tally(successes: $1.0, failures: $1.1))
            })
    }

    @Test(
        "failures one after another eject, at the limit and not before",
        arguments: [(4, nil), (5, .eject(EndpointID(1))), (6, .eject(EndpointID(1)))]
            as [(Int, Action?)])
    func consecutive(failures: Int, action: Action?) {
        var ejector = Self.ejector(3)
        let taken = ejector.failed(Self.ids[1], consecutive: failures, at: .zero)
        #expect(taken == action)
        #expect(ejector.isEjected(Self.ids[1]) == (action != nil))
    }

    @Test("a limit of 0 ejects nobody for failures one after another")
    func consecutiveOff() {
        var ejector = Self.ejector(3) { $0.consecutiveFailures = 0 }
        let action = ejector.failed(Self.ids[0], consecutive: 100, at: .zero)
        #expect(action == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let counts: [(Int, Int)]
        let actions: [Action]
        var testDescription: String { self.name }
    }

    static let cases: [Case] = [
        Case(
            name: "all alike: nobody", counts: [(90, 10), (90, 10), (90, 10)], actions: []),
        Case(
            name: "one of five far below the others",
            counts: [(100, 0), (100, 0), (100, 0), (99, 1), (60, 40)],
            actions: [.eject(EndpointID(4))]),
        Case(
            name: "of three, one fails nearly always",
            counts: [(100, 0), (5, 95), (100, 0)], actions: [.eject(EndpointID(1))]),
        Case(
            name: "too few calls to judge the bad one",
            counts: [(100, 0), (100, 0), (100, 0), (100, 0), (0, 49)], actions: []),
        Case(
            name: "too few endpoints with enough calls",
            counts: [(100, 0), (0, 100), (10, 0)], actions: []),
        Case(
            name: "everybody fails: half of them at most, the worst first",
            counts: [(3, 97), (2, 98), (1, 99), (4, 96)],
            actions: [.eject(EndpointID(2)), .eject(EndpointID(1))]),
    ]

    @Test("an interval's counts are compared", arguments: Self.cases)
    func interval(example: Case) {
        var ejector = Self.ejector(example.counts.count)
        let actions = ejector.intervalEnded(Self.tallies(example.counts), at: .seconds(10))
        #expect(actions == example.actions)
    }

    @Test("one may always be ejected, the last never, between them the share decides")
    func share() {
        var pair = Self.ejector(2)
        let ofPair = Self.ids.prefix(2).map { pair.failed($0, consecutive: 5, at: .zero) }
        #expect(ofPair == [.eject(Self.ids[0]), nil])
        var only = Self.ejector(1)
        let last = only.failed(Self.ids[0], consecutive: 5, at: .zero)
        #expect(last == nil)
        var ten = Self.ejector(10) { $0.percentMax = 30 }
        let ejected = Self.ids.filter { ten.failed($0, consecutive: 5, at: .zero) != nil }
        #expect(ejected.count == 3)
    }

    @Test("each ejection is longer than the last, up to the longest, and time heals")
    func times() {
        var ejector = Self.ejector(3) { limits in
            limits.baseSeconds = 30
            limits.secondsMax = 70
        }
        let id = Self.ids[0]
        var now = Duration.zero
        var actions: [[Action]] = []
        for seconds in [30, 60, 70, 70] {
            actions.append([ejector.failed(id, consecutive: 5, at: now)].compactMap { $0 })
            actions.append(ejector.intervalEnded([:], at: now + .seconds(seconds - 1)))
            actions.append([ejector.failed(id, consecutive: 9, at: now)].compactMap { $0 })
            now += .seconds(seconds)
            actions.append(ejector.intervalEnded([:], at: now))
        }
        #expect(actions == (0..<4).flatMap { _ in [[.eject(id)], [], [], [.readmit(id)]] })
        // Four intervals without ejection make the next as short as the first.
        actions = (0..<4).map { _ in ejector.intervalEnded([:], at: now) }
        #expect(actions == [[], [], [], []])
        _ = ejector.failed(id, consecutive: 5, at: now)
        let end = ejector.intervalEnded([:], at: now + .seconds(30))
        #expect(end == [.readmit(id)])
    }

    @Test("when only ejected endpoints are left, the one ejected first is chosen again")
    func removal() {
        var ejector = Self.ejector(4)
        _ = ejector.failed(Self.ids[1], consecutive: 5, at: .seconds(1))
        _ = ejector.failed(Self.ids[0], consecutive: 5, at: .seconds(2))
        let actions = [2, 3].map { ejector.remove(Self.ids[$0]) }
        #expect(actions == [[], [.readmit(Self.ids[1])]])
        #expect(ejector.ejectedCount == 1)
        let last = ejector.remove(Self.ids[0])
        #expect(last == [])
    }
}
