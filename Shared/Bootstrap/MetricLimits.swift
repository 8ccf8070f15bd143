/// The bounds of the metrics kept in memory.
enum MetricLimits {
    /// Label sets of one metric; further ones are counted together as `other`.
    static let seriesMax = 1_000
    /// Upper bounds of durations, in seconds.
    static let durationBoundsSeconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Upper bounds of other recorded values: sizes and counts.
    static let valueBounds: [Double] = [
        1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304,
    ]
}
