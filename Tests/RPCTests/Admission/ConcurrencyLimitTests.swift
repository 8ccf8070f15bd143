import Testing

@testable import RPC

@Suite("The limit of running calls follows how easily they are carried")
struct ConcurrencyLimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let ease: Double
        let load: MethodLatency.Load
        let step: ConcurrencyLimit.Step
        let range: ClosedRange<Int>
        var testDescription: String { self.name }
    }

    /// A limit that has grown to 1000.
    static var grown: ConcurrencyLimit {
        var limit = ConcurrencyLimit(min: 100, max: 1000)
        for _ in 0..<200 { _ = limit.take(ease: 1, load: .heavy) }
        return limit
    }

    @Test(
        "one window moves it",
        arguments: [
            Case(
                name: "little load says nothing", ease: 0.5, load: .light, step: .kept,
                range: 1000...1000),
            Case(
                name: "moderate load says nothing", ease: 0.5, load: .moderate, step: .kept,
                range: 1000...1000),
            Case(
                name: "easily carried: it stays at its ceiling", ease: 1, load: .heavy,
                step: .moved, range: 1000...1000),
            Case(
                name: "hard to carry: it falls at once", ease: 0.5, load: .heavy, step: .moved,
                range: 700...800),
            Case(
                name: "a little hard: it falls a little", ease: 0.9, load: .heavy, step: .moved,
                range: 950...980),
        ])
    func window(example: Case) {
        var limit = Self.grown
        #expect(limit.take(ease: example.ease, load: example.load) == example.step)
        #expect(example.range.contains(limit.calls), "\(limit.calls)")
    }

    @Test("it begins at its floor and grows by an eighth a window while all is easy")
    func growth() {
        var limit = ConcurrencyLimit(min: 100, max: 1000)
        #expect(limit.calls == 100)
        _ = limit.take(ease: 1, load: .heavy)
        #expect((110...114).contains(limit.calls), "\(limit.calls)")
    }

    @Test("it never leaves its bounds, and asks to learn anew after five windows at its floor")
    func floor() {
        var limit = Self.grown
        var steps: [ConcurrencyLimit.Step] = []
        for _ in 0..<40 { steps.append(limit.take(ease: 0.5, load: .heavy)) }
        #expect(limit.calls == 100)
        let first = steps.firstIndex(of: .relearn)
        #expect(first != nil)
        #expect(steps.filter { $0 == .relearn }.count > 1)
    }

    @Test(
        "how busy a server is",
        arguments: [
            (25, MethodLatency.Load.light), (26, .moderate), (499, .moderate), (500, .heavy),
        ])
    func load(running: Int, load: MethodLatency.Load) {
        #expect(Self.grown.load(running: running) == load)
    }
}

@Suite("What is usual for a method is learned while there is little to do")
struct MethodLatencyTests {
    static func known(_ nanoseconds: Int64, times: Int = 40) -> MethodLatency {
        var latency = MethodLatency()
        for _ in 0..<times { _ = latency.take(nanoseconds) }
        _ = latency.closeWindow(.light)
        return latency
    }

    @Test(
        "a call says how easily it was carried",
        arguments: [(1_000_000, 1.0), (2_000_000, 1.0), (2_500_000, 0.8), (90_000_000, 0.5)])
    func ease(nanoseconds: Int64, ease: Double) {
        var latency = Self.known(1_000_000)
        #expect(latency.take(nanoseconds) == ease)
    }

    @Test(
        "slower calls change what is usual only as the load permits",
        arguments: [
            (MethodLatency.Load.light, 1_750_000.0), (.moderate, 1_046_875), (.heavy, 1_000_000),
        ])
    func usual(load: MethodLatency.Load, usual: Double) {
        var latency = Self.known(1_000_000)
        for _ in 0..<8 { _ = latency.take(4_000_000) }
        _ = latency.closeWindow(load)
        #expect(latency.usual == usual)
    }

    @Test("quicker calls count under any load")
    func quicker() {
        var latency = Self.known(1_000_000)
        for _ in 0..<8 { _ = latency.take(500_000) }
        _ = latency.closeWindow(.heavy)
        #expect(latency.usual == 750_000)
    }

    @Test("what half of the calls take is known after 32, and only told when there is news")
    func expected() {
        var latency = MethodLatency()
        for _ in 0..<31 { _ = latency.take(3_000_000) }
        #expect(latency.closeWindow(.light) == 0)
        for _ in 0..<10 { _ = latency.take(3_000_000) }
        let expected = latency.closeWindow(.light) ?? -1
        #expect((2_400_000...3_000_000).contains(expected), "\(expected)")
        #expect(latency.closeWindow(.light) == nil)
    }

    @Test("earlier calls fade, so that the middle follows the newest")
    func fades() {
        var latency = Self.known(50_000_000, times: 200)
        for _ in 0..<3 {
            for _ in 0..<200 { _ = latency.take(1_000_000) }
            _ = latency.closeWindow(.light)
        }
        for _ in 0..<4 { _ = latency.take(1_000_000) }
        #expect((latency.closeWindow(.light) ?? .max) <= 1_000_000)
    }
}
