import Metrics

/// The figures of one database, each with the dimension `database`.
struct StorageMetrics: Sendable {
    /// From the first write of a batch starting to everybody answered.
    let commitSeconds: Timer
    /// Writes that shared a commit.
    let batchSize: Recorder
    /// Calls refused because too many waited.
    let refused: Counter
    /// Reads cut off at the limit.
    let readsCutOff: Counter
    /// Checkpoints that readers or a full disk prevented.
    let checkpointsPutOff: Counter
    /// Size of the write-ahead log.
    let logBytes: Gauge

    init(label: String) {
        let dimensions = [("database", label)]
        self.commitSeconds = Timer(label: "storage_commit_seconds", dimensions: dimensions)
        self.batchSize = Recorder(label: "storage_commit_writes", dimensions: dimensions)
        self.refused = Counter(label: "storage_refused_total", dimensions: dimensions)
        self.readsCutOff = Counter(label: "storage_reads_cut_off_total", dimensions: dimensions)
        self.checkpointsPutOff = Counter(
            label: "storage_checkpoints_put_off_total", dimensions: dimensions)
        self.logBytes = Gauge(label: "storage_log_bytes", dimensions: dimensions)
    }
}
