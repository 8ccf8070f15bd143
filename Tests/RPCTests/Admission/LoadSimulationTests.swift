import Testing

@testable import RPC

/// A server whose calls share it fairly, on a clock that is moved by hand.
private struct SimulatedServer {
    /// One call: what is left of it, when it began and how many ran then.
    private struct Call {
        var workLeft: Double
        var start: Int
        var running: Int
    }

    /// How long a call takes that runs alone.
    var milliseconds: Double
    /// Calls that run as fast as one alone.
    var capacity: Double
    /// Calls that come in each millisecond.
    var arrivals: Double

    private var monitor: LoadMonitor
    private var calls: [Call] = []
    private var now = 0
    private var due = 0.0
    private(set) var limit: Int
    private(set) var answered = 0
    private(set) var latencySum = 0

    init(milliseconds: Double, capacity: Double, arrivals: Double, floor: Int = 32) {
        self.milliseconds = milliseconds
        self.capacity = capacity
        self.arrivals = arrivals
        var limits = RPCServerLimits()
        limits.runningMin = floor
        self.monitor = LoadMonitor(methods: 1, limits: limits)
        self.limit = self.monitor.calls
    }

    var latencyMilliseconds: Double { Double(self.latencySum) / Double(max(self.answered, 1)) }

    mutating func run(seconds: Int) {
        self.answered = 0
        self.latencySum = 0
        let end = self.now + seconds * 1000
        while self.now < end {
            self.now += 2
            self.due += 2 * self.arrivals
            while self.due >= 1 {
                self.due -= 1
                guard self.calls.count < self.limit else { continue }
                self.calls.append(
                    Call(
                        workLeft: self.milliseconds, start: self.now,
                        running: self.calls.count + 1))
            }
            let speed = 2 * min(1, self.capacity / Double(max(self.calls.count, 1)))
            for index in self.calls.indices { self.calls[index].workLeft -= speed }
            for call in self.calls where call.workLeft <= 0 { self.end(call) }
            self.calls.removeAll { $0.workLeft <= 0 }
        }
    }

    private mutating func end(_ call: Call) {
        let latency = self.now - call.start
        self.answered += 1
        self.latencySum += latency
        let report = self.monitor.take(
            method: 0, nanoseconds: Int64(latency) * 1_000_000, running: call.running,
            now: Int64(self.now) * 1_000_000)
        if let report { self.limit = report.limit }
    }
}

@Suite("The limit converges")
struct LoadSimulationTests {
    @Test("under twice the load a server can carry it is used fully and answers soon")
    func overload() {
        var server = SimulatedServer(milliseconds: 10, capacity: 100, arrivals: 20)
        server.run(seconds: 20)
        server.run(seconds: 10)
        #expect((100...330).contains(server.limit), "\(server.limit)")
        #expect(server.answered > 95_000, "\(server.answered)")
        #expect(server.latencyMilliseconds < 35, "\(server.latencyMilliseconds)")
    }

    @Test("a server that becomes weaker is given less, and more when it recovers")
    func weaker() {
        var server = SimulatedServer(milliseconds: 10, capacity: 200, arrivals: 50)
        server.run(seconds: 20)
        let before = server.limit
        server.capacity = 50
        server.run(seconds: 10)
        let during = server.limit
        #expect(during < before / 2, "\(before), then \(during)")
        #expect((50...200).contains(during), "\(during)")
        server.capacity = 200
        server.run(seconds: 20)
        #expect(server.limit > during * 2, "\(during), then \(server.limit)")
    }

    @Test("calls that take ten times as long for good are learned at the floor")
    func slower() {
        var server = SimulatedServer(milliseconds: 10, capacity: 100, arrivals: 20)
        server.run(seconds: 15)
        server.milliseconds = 100
        server.run(seconds: 60)
        #expect(server.limit >= 100, "\(server.limit)")
        server.run(seconds: 20)
        #expect(server.answered > 18_000, "\(server.answered)")
    }

    @Test("a server far from its limit keeps it however much calls differ")
    func mixture() {
        var limits = RPCServerLimits()
        limits.runningMin = 32
        var monitor = LoadMonitor(methods: 2, limits: limits)
        var now: Int64 = 0
        for share in [10, 90, 50] {
            for number in 0..<5_000 {
                let isSlow = number % 100 < share
                now += 1_000_000
                let report = monitor.take(
                    method: isSlow ? 1 : 0, nanoseconds: isSlow ? 50_000_000 : 100_000,
                    running: 30, now: now)
                if let report { #expect(report.limit >= 32) }
            }
        }
        // Busy but as quick as ever for what was asked: it has risen, not fallen.
        #expect(monitor.calls > 32)
    }

    @Test("the more calls end, the fewer of them are looked at")
    func sampling() {
        var monitor = LoadMonitor(methods: 1, limits: RPCServerLimits())
        var reports: [UInt64] = []
        for number in 0..<40_000 {
            let report = monitor.take(
                method: 0, nanoseconds: 5_000, running: 1, now: Int64(number) * 100_000)
            if let report { reports.append(report.sampleEvery) }
        }
        #expect(reports.first == 2)
        #expect(reports.last == LoadMonitor.sampleEveryMax)
        var last: UInt64 = 0
        for number in 0..<400 {
            let report = monitor.take(
                method: 0, nanoseconds: 5_000, running: 1,
                now: 4_000_000_000 + Int64(number) * 100_000_000)
            if let report { last = report.sampleEvery }
        }
        #expect(last == 1)
    }
}
