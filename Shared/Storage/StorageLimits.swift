/// The bounds of one database.
///
/// The defaults suit a service on one machine; a test lowers them to reach a bound quickly.
public struct StorageLimits: Hashable, Sendable {
    /// Writes that may wait for the writer; one more is refused as ``StorageError/Code/busy``.
    public var writesWaitingMax = 8192
    /// Writes gathered into one transaction.
    public var writesPerCommitMax = 64
    /// Pages of the file that the connection that writes keeps in memory, in bytes.
    public var writerCacheBytesMax = 32 << 20
    /// Reads that may wait for a reader; one more is refused as ``StorageError/Code/busy``.
    public var readsWaitingMax = 8192
    /// Reads that run at the same time, each on a connection of its own.
    public var readersMax = 4
    /// How long a read may hold its snapshot, which keeps the write-ahead log from shrinking.
    public var readMillisecondsMax = 5000
    /// Rows changed after which the write-ahead log is copied into the database file.
    public var rowsPerCheckpointMax = 4000
    /// Size of the write-ahead log after which it is truncated at the first chance.
    public var logBytesMax = 32 << 20
    /// Commits between two attempts to truncate a log that is too large.
    public var commitsPerTruncationMin = 16
    /// How long nothing is written before the write-ahead log is truncated.
    public var idleMillisecondsMax = 2000
    /// Size of the database file; growing further is refused as ``StorageError/Code/full``.
    public var databaseBytesMax = 1 << 40

    /// How long a caller told ``StorageError/Code/busy`` should wait.
    public static let busyPushbackMilliseconds = 50

    /// Makes the default limits.
    public init() {}
}
