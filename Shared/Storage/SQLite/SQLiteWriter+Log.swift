import Dispatch
import GRDB
import Metrics
import Synchronization

extension SQLiteWriter {
    /// What has gone into the write-ahead log since it was last copied into the database.
    struct LogBook: Sendable {
        var changesAtCheckpoint = 0
        var commitsSinceAttempt = 0
        var lastCommit = ContinuousClock.now
    }

    /// Keeps the log bounded; called on the writer's thread after each batch, once its callers have
    /// their answers.
    func tendLog(_ handle: SQLiteHandle) {
        let changes = handle.totalChangesCount
        let logBytes = self.file.logBytes
        self.metrics.logBytes.record(logBytes)
        let mode: SQLiteHandle.CheckpointMode? = self.log.withLock { book in
            book.lastCommit = .now
            book.commitsSinceAttempt += 1
            if logBytes > self.limits.logBytesMax,
                book.commitsSinceAttempt >= self.limits.commitsPerTruncationMin
            {
                return .truncate
            }
            return changes - book.changesAtCheckpoint >= self.limits.rowsPerCheckpointMax
                ? .passive : nil
        }
        guard let mode else { return }
        self.log.withLock { book in
            book.changesAtCheckpoint = changes
            book.commitsSinceAttempt = 0
        }
        do {
            try self.checkpoint(mode, on: handle)
        } catch {
            // Readers in the way or a full disk: the next batch tries again. A failing disk has
            // ended the process already.
            self.metrics.checkpointsPutOff.increment()
        }
    }

    /// Copies the log into the database file.
    ///
    /// The file is synchronised on the way, so a failing disk ends the process as a failing commit
    /// does.
    func checkpoint(
        _ mode: SQLiteHandle.CheckpointMode, on handle: SQLiteHandle
    ) throws(StorageError) {
        do {
            try self.faults.beforeCheckpoint?()
            try handle.checkpoint(mode)
        } catch {
            let error = StorageError(sqlite: error)
            if error.code == .io {
                self.die("the disk failed while copying the log: \(error.message)")
            }
            throw error
        }
    }

    /// Truncates the log, waiting for readers to get out of the way.
    func truncateLog() async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .milliseconds(self.limits.readMillisecondsMax * 2)
        while true {
            do {
                return try await self.tryToTruncateLog()
            } catch let error as StorageError where error.code == .busy {
                guard clock.now < deadline else { throw error }
                try await clock.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Truncates the log unless a reader is in the way.
    func tryToTruncateLog() async throws {
        try await self.perform { try self.checkpoint(.truncate, on: $0) }
    }

    /// Waits until the writes that wait are carried out, then closes the connection.
    ///
    /// The log is copied into the database and removed.
    func close() async throws {
        while try await self.perform({ _ in self.waitingCount }) > 0 {}
        self.isShut.store(true, ordering: .sequentiallyConsistent)
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try self.queue.close() }.mapError { StorageError(sqlite: $0) })
            }
        }
    }

    /// Runs `body` on the writer's thread, between two batches and outside a transaction.
    ///
    /// - Throws: ``StorageError/Code/closed`` once the connection is closed.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteHandle) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.asyncWriteWithoutTransaction { handle in
                continuation.resume(
                    with: Result {
                        if self.isShut.load(ordering: .sequentiallyConsistent) {
                            throw StorageError(.closed, "the database is closed")
                        }
                        return try body(handle)
                    })
            }
        }
    }
}
