import FlowRuntimeDomain
import Identifiers
import Testing

@Suite("When a flow runs")
struct FlowStateTests {
    static let conditions: [(DesiredStatus, WorkerState?, CurrentStatus)] = [
        (.inactive, nil, .inactive), (.active, nil, .starting), (.active, .intent, .starting),
        (.active, .running, .running), (.active, .stopping, .stopping),
        (.inactive, .intent, .stopping), (.inactive, .running, .stopping),
        (.inactive, .stopping, .stopping),
    ]

    @Test("what is meant and what is make the status that is shown", arguments: conditions)
    func current(desired: DesiredStatus, worker: WorkerState?, current: CurrentStatus) {
        #expect(FlowCondition(desired: desired, worker: worker).current == current)
    }

    @Test("a flow is edited and deleted only at rest", arguments: conditions)
    func editing(desired: DesiredStatus, worker: WorkerState?, current: CurrentStatus) {
        let condition = FlowCondition(desired: desired, worker: worker)
        for act in [FlowAct.edit, .delete] {
            #expect(condition.refusal(of: act) == (current == .inactive ? nil : .running))
        }
    }

    @Test("starting and stopping change what is meant, once")
    func toggling() {
        let active = FlowCondition(desired: .active, worker: .running)
        let inactive = FlowCondition(desired: .inactive, worker: .stopping)
        #expect(active.refusal(of: .start) == .alreadyActive)
        #expect(active.refusal(of: .stop) == nil)
        #expect(active.refusal(of: .receive) == nil)
        #expect(inactive.refusal(of: .start) == nil)
        #expect(inactive.refusal(of: .stop) == .alreadyInactive)
        #expect(inactive.refusal(of: .receive) == .inactive)
    }

    @Test("a worker is made, works, is asked to end, is ended, and leaves")
    func wholeCourse() {
        var course = WorkerCourse(graceMilliseconds: 100)
        #expect(course.wanted(true, now: 0) == .start)
        #expect(course.wanted(true, now: 1) == .wait)
        #expect(course.started(now: 2) == .wait)
        #expect(course.wanted(false, now: 10) == .terminate(waitUntil: 110))
        #expect(course.wanted(false, now: 20) == .waitUntil(110))
        #expect(course.timeCame(now: 109) == .waitUntil(110))
        #expect(course.timeCame(now: 110) == .kill)
        #expect(course.timeCame(now: 111) == .wait)
        #expect(course.ended(now: 112) == .leave)
    }

    @Test("a worker that is wanted again while it ends is made anew once it has ended")
    func wantedAgain() {
        var course = WorkerCourse(graceMilliseconds: 100)
        _ = course.wanted(true, now: 0)
        _ = course.started(now: 0)
        _ = course.wanted(false, now: 10)
        #expect(course.wanted(true, now: 20) == .waitUntil(110))
        #expect(course.ended(now: 30) == .start)
    }

    @Test("a worker that is no longer wanted when it starts is asked to end at once")
    func unwantedMeanwhile() {
        var course = WorkerCourse(graceMilliseconds: 100)
        _ = course.wanted(true, now: 0)
        #expect(course.wanted(false, now: 1) == .wait)
        #expect(course.started(now: 2) == .terminate(waitUntil: 102))
    }

    @Test("a worker that crashes is made again after waits that double from 50 ms to 30 s")
    func backsOff() {
        var course = WorkerCourse(graceMilliseconds: 100)
        var now: Int64 = 0
        var waits: [Int64] = []
        #expect(course.wanted(true, now: now) == .start)
        for _ in 0..<12 {
            _ = course.started(now: now)
            guard case .waitUntil(let until) = course.ended(now: now) else { return }
            #expect(course.timeCame(now: until - 1) == .waitUntil(until))
            waits.append(until - now)
            now = until
            #expect(course.timeCame(now: now) == .start)
        }
        #expect(
            waits == [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
    }

    @Test("a worker that has lasted begins with short waits again, and failing to start waits too")
    func forgives() {
        var course = WorkerCourse(graceMilliseconds: 100)
        _ = course.wanted(true, now: 0)
        #expect(course.startFailed(now: 0) == .waitUntil(50))
        #expect(course.timeCame(now: 50) == .start)
        _ = course.started(now: 50)
        #expect(course.ended(now: 60) == .waitUntil(160))
        _ = course.timeCame(now: 160)
        _ = course.started(now: 160)
        #expect(course.ended(now: 60_160) == .waitUntil(60_210))
        #expect(course.wanted(false, now: 60_170) == .leave)
    }

    @Test(
        "transient failures are tried again after 1 s, doubled, at most five times in all",
        arguments: [(1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000)] as [(Int, Int64)])
    func retries(attempt: Int, wait: Int64) {
        #expect(
            RetryRule.decide(isTransient: true, attempt: attempt)
                == .retry(afterMilliseconds: wait))
        #expect(RetryRule.decide(isTransient: false, attempt: attempt) == .giveUp)
        #expect(RetryRule.decide(isTransient: true, attempt: 5) == .giveUp)
    }
}

@Suite("What a worker has been handed")
struct FeedWindowTests {
    static func item(_ sequence: Int64, dueAt: Int64 = 0, bytes: Int = 1) -> FeedWindow.Item {
        FeedWindow.Item(
            sequence: sequence, execution: ExecutionID(secondsSince1970: sequence), bytes: bytes,
            dueAt: dueAt)
    }

    @Test("no more is handed out than the window holds, in order")
    func isBounded() throws {
        var window = FeedWindow()
        let request = try #require(window.request)
        #expect(request == .init(after: 0, limit: FlowLimits.handedOutMax))
        let items = (1...Int64(FlowLimits.handedOutMax)).map { Self.item($0) }
        #expect(window.grant(items, for: request, now: 0) == .handOut(items.count))
        #expect(window.request == nil)
        window.settle(items[0].execution)
        #expect(window.request == .init(after: items[items.count - 1].sequence, limit: 1))
        #expect(window.head == items[1].execution)
    }

    @Test("large messages fill the window sooner, and one is always handed out")
    func isBoundedInBytes() throws {
        var window = FeedWindow()
        let request = try #require(window.request)
        let large = FlowLimits.handedOutBytesMax
        let items = [Self.item(1, bytes: large), Self.item(2)]
        #expect(window.grant(items, for: request, now: 0) == .handOut(1))
        #expect(window.request == nil)
    }

    @Test("a message that is not due yet holds back those behind it")
    func waits() throws {
        var window = FeedWindow()
        let request = try #require(window.request)
        let items = [Self.item(1, dueAt: 50), Self.item(2)]
        #expect(window.grant(items, for: request, now: 49) == .notBefore(50))
        #expect(window.grant(items, for: request, now: 50) == .handOut(2))
    }

    @Test("a message that comes again takes those behind it back, and stale findings are no use")
    func takesBack() throws {
        var window = FeedWindow()
        let first = try #require(window.request)
        let items = [Self.item(4), Self.item(7), Self.item(9)]
        _ = window.grant(items, for: first, now: 0)
        window.settle(items[0].execution)
        let stale = try #require(window.request)
        window.takeBack(from: items[1].execution)
        #expect(window.head == nil)
        #expect(window.grant([Self.item(11)], for: stale, now: 0) == .lookAgain)
        #expect(window.request == .init(after: 6, limit: FlowLimits.handedOutMax))
    }
}
