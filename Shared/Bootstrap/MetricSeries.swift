import Metrics
import Synchronization

/// One label set of a metric.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends the lines of the text format.
    func write(name: String, labels: MetricLabels, to text: inout String)
}

/// Numbers as the text format has them: whole ones without a fraction.
enum MetricNumber {
    static func text(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }
}

/// A count that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { self.value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { self.value.store(0, ordering: .relaxed) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.text()) \(self.value.load(ordering: .relaxed))\n"
    }
}

/// A sum that only grows.
final class FloatCounterSeries: MetricSeries, FloatingPointCounterHandler {
    private let value = Mutex<Double>(0)

    func increment(by amount: Double) { self.value.withLock { $0 += amount } }
    func reset() { self.value.withLock { $0 = 0 } }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.text()) \(MetricNumber.text(self.value.withLock { $0 }))\n"
    }
}

/// A value that goes up and down.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = Mutex<Double>(0)

    func set(_ value: Int64) { self.set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { self.value.withLock { $0 += amount } }
    func decrement(by amount: Double) { self.value.withLock { $0 -= amount } }
    func record(_ value: Int64) { self.set(Double(value)) }
    func record(_ value: Double) { self.set(value) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.text()) \(MetricNumber.text(self.value.withLock { $0 }))\n"
    }
}

/// Values counted by fixed upper bounds.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) {
        let index = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        self.state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        let state = self.state.withLock { $0 }
        var count: UInt64 = 0
        for (index, bound) in (self.bounds + [.infinity]).enumerated() {
            count += state.counts[index]
            let bucket = labels.text(adding: ("le", MetricNumber.text(bound)))
            text += "\(name)_bucket\(bucket) \(count)\n"
        }
        text += "\(name)_sum\(labels.text()) \(MetricNumber.text(state.sum))\n"
        text += "\(name)_count\(labels.text()) \(count)\n"
    }
}
