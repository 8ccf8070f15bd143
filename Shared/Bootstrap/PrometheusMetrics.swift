public import Metrics
import Synchronization

/// Keeps all metrics of a process and writes them for Prometheus (text format 0.0.4).
///
/// Counters end in `_total`, timers are histograms in `_seconds`, recorders that aggregate are
/// histograms, all others gauges. What was counted stays: destroying a handler forgets nothing, so
/// that no counter ever goes backwards.
public final class PrometheusMetrics: MetricsFactory {
    /// One metric with all its label sets.
    struct Family {
        let kind: MetricKind
        var series: [MetricLabels: any MetricSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// No metrics.
    public init() {}

    /// All metrics, sorted by name and labels.
    public func text() -> String {
        let families = self.families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name: name, labels: labels, to: &text)
            }
        }
        return text
    }

    /// The series of a name and labels: the one there is, or a new one.
    ///
    /// A name that is in use for another kind gets a suffix, for Prometheus takes one kind a name.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind,
        make: () -> Series
    ) -> Series {
        let name = MetricName.make(label, kind)
        return self.families.withLock { families in
            let isTaken = families[name].map { $0.kind != kind } ?? false
            let key = isTaken ? "\(name)_\(kind.rawValue)" : name
            var family = families[key] ?? Family(kind: kind)
            var labels = MetricLabels(dimensions)
            if family.series[labels] == nil, family.series.count >= MetricLimits.seriesMax {
                labels = labels.asOther
            }
            if let series = family.series[labels] as? Series { return series }
            let series = make()
            family.series[labels] = series
            families[key] = family
            return series
        }
    }

    public func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        self.series(label, dimensions, .counter) { CounterSeries() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.series(label, dimensions, .counter) { FloatCounterSeries() }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return self.series(label, dimensions, .histogram) {
                HistogramSeries(bounds: MetricLimits.valueBounds)
            }
        }
        return self.series(label, dimensions, .gauge) { GaugeSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.series(label, dimensions, .gauge) { GaugeSeries() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.series(MetricName.timer(label), dimensions, .histogram) {
            HistogramSeries(bounds: MetricLimits.durationBoundsSeconds)
        }
    }

    public func destroyCounter(_: any CounterHandler) {}
    public func destroyFloatingPointCounter(_: any FloatingPointCounterHandler) {}
    public func destroyRecorder(_: any RecorderHandler) {}
    public func destroyMeter(_: any MeterHandler) {}
    public func destroyTimer(_: any TimerHandler) {}
}
