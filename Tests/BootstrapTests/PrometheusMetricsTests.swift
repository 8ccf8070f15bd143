import Metrics
import Testing

@testable import Bootstrap

@Suite("Figures for Prometheus")
struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics()

    @Test("each kind has its text")
    func golden() {
        Counter(label: "http_requests", dimensions: [("route", "/a\"\n\\")], factory: self.metrics)
            .increment(by: 2)
        Counter(label: "calls_total", dimensions: [], factory: self.metrics).increment()
        Gauge(label: "pool.size", dimensions: [], factory: self.metrics).record(2.5)
        let recorder = Recorder(
            label: "batch", dimensions: [("db", "x")], aggregate: true, factory: self.metrics)
        recorder.record(1)
        recorder.record(5)
        recorder.record(10_000_000)
        let text = self.metrics.text()
        #expect(
            text == """
                # TYPE batch histogram
                batch_bucket{db="x",le="1"} 1
                batch_bucket{db="x",le="4"} 1
                batch_bucket{db="x",le="16"} 2
                batch_bucket{db="x",le="64"} 2
                batch_bucket{db="x",le="256"} 2
                batch_bucket{db="x",le="1024"} 2
                batch_bucket{db="x",le="4096"} 2
                batch_bucket{db="x",le="16384"} 2
                batch_bucket{db="x",le="65536"} 2
                batch_bucket{db="x",le="262144"} 2
                batch_bucket{db="x",le="1048576"} 2
                batch_bucket{db="x",le="4194304"} 2
                batch_bucket{db="x",le="+Inf"} 3
                batch_sum{db="x"} 10000006
                batch_count{db="x"} 3
                # TYPE calls_total counter
                calls_total 1
                # TYPE http_requests_total counter
                http_requests_total{route="/a\\"\\n\\\\"} 2
                # TYPE pool_size gauge
                pool_size 2.5

                """)
    }

    @Test("timers count in seconds")
    func timers() {
        let timer = Timer(label: "duration", dimensions: [], factory: self.metrics)
        timer.recordMilliseconds(3)
        timer.recordSeconds(60)
        let text = self.metrics.text()
        #expect(text.contains("duration_seconds_bucket{le=\"0.0025\"} 0\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"0.005\"} 1\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("duration_seconds_sum 60.003\n"))
    }

    @Test("the same name and labels are the same figure, and nothing is forgotten")
    func identity() {
        for _ in 0..<3 {
            let counter = Counter(
                label: "c", dimensions: [("a", "1")], factory: self.metrics)
            counter.increment()
            counter.destroy()
        }
        #expect(self.metrics.text() == "# TYPE c_total counter\nc_total{a=\"1\"} 3\n")
    }

    @Test("label sets beyond the bound are counted together")
    func bound() {
        for index in 0..<1_010 {
            Counter(label: "c", dimensions: [("a", "\(index)")], factory: self.metrics).increment()
        }
        let text = self.metrics.text()
        #expect(text.contains("c_total{a=\"other\"} 10\n"))
        #expect(text.split(separator: "\n").count == 1 + 1_000 + 1)
    }

    @Test("one name in two kinds becomes two names")
    func kinds() {
        Gauge(label: "x_total", dimensions: [], factory: self.metrics).record(1)
        Counter(label: "x", dimensions: [], factory: self.metrics).increment(by: 2)
        let text = self.metrics.text()
        #expect(text.contains("# TYPE x_total gauge\nx_total 1\n"))
        #expect(text.contains("# TYPE x_total_counter counter\nx_total_counter 2\n"))
    }
}
