/// The bounds of lifecycle work.
package enum OrchestratorLimits {
    /// The ceiling of the first wait after a failure; it doubles with each further one.
    package static let firstWaitMilliseconds: Int64 = 50
    /// The ceiling of any wait after a failure.
    package static let waitMillisecondsMax: Int64 = 60_000
    /// The ceiling of a wait for workers to end.
    package static let pollMillisecondsMax: Int64 = 500
    /// How long a deletion may stand still before it says so.
    package static let noProgressMilliseconds: Int64 = 300_000
    /// Rows of the first chunk.
    package static let chunkRowsFirst = 500
    /// Rows of a chunk, between which the size adapts to the time a chunk takes.
    package static let chunkRows = 100...5_000
    /// A chunk slower than this makes the next one half as large.
    package static let chunkMillisecondsMax: Int64 = 10
    /// A chunk faster than this makes the next one twice as large.
    package static let chunkMillisecondsMin: Int64 = 3
    /// Rounds in which every service counts nothing before users are released.
    package static let sweepRounds = 2
}
