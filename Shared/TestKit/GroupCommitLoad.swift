public import Storage
import Synchronization

/// A measured load of durable writes: callers that each insert one row after the other.
///
/// A row has a key, 200 bytes and an indexed column.
public struct GroupCommitLoad: Sendable {
    /// The table the load writes to.
    public static let migration = Migration(
        "group-commit-load-1",
        [
            """
            CREATE TABLE load_row (
                sequence SERIAL_KEY,
                owner TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                payload BLOB NOT NULL
            )
            """,
            "CREATE INDEX load_row_owner ON load_row (owner, created_at)",
        ])

    /// What a load came to.
    public struct Outcome: Hashable, Sendable {
        /// Rows acknowledged.
        public var rows: Int
        /// From the first call to the last acknowledgement.
        public var duration: Duration
        /// The half of the calls that took no longer than this.
        public var median: Duration
        /// The 99 of 100 calls that took no longer than this.
        public var percentile99: Duration

        /// Rows acknowledged a second.
        public var rowsPerSecond: Double { Double(self.rows) / (self.duration / .seconds(1)) }
    }

    /// Callers at the same time.
    public var callers: Int
    /// Rows each of them writes.
    public var rowsPerCaller: Int

    /// Makes a load.
    public init(callers: Int = 64, rowsPerCaller: Int = 500) {
        self.callers = callers
        self.rowsPerCaller = rowsPerCaller
    }

    /// Writes the rows to a database that has been through ``migration``.
    public func run(on database: any Database) async throws -> Outcome {
        let payload = [UInt8](repeating: 0x5A, count: 200)
        let clock = ContinuousClock()
        let start = clock.now
        var times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for caller in 0..<self.callers {
                group.addTask {
                    var times: [Duration] = []
                    times.reserveCapacity(self.rowsPerCaller)
                    for row in 0..<self.rowsPerCaller {
                        let call = clock.now
                        try await database.write { transaction in
                            try transaction.execute(
                                """
                                INSERT INTO load_row (owner, created_at, payload)
                                VALUES (?, ?, ?)
                                """, ["caller \(caller)", row, payload])
                        }
                        times.append(clock.now - call)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let duration = clock.now - start
        times.sort()
        return Outcome(
            rows: times.count, duration: duration, median: times[times.count / 2],
            percentile99: times[times.count * 99 / 100])
    }
}
