import Foundation
import GRDB
import Logging
import Metrics
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one connection that writes, and the queue before it.
///
/// The work runs on the connection's dispatch queue, not in anybody's task, so nothing a caller
/// does or suffers can undo a batch that others are in.
final class SQLiteWriter: Sendable {
    let queue: DatabaseQueue
    let file: StoreFile
    let limits: StorageLimits
    let faults: SQLiteFaults
    let metrics: StorageMetrics
    private let fatal: @Sendable (String) -> Void
    private let backlog = Mutex(WriteBacklog())
    let log = Mutex(LogBook())
    /// Transactions that are durable; counted before anybody in them has an answer.
    let commits = Atomic<Int64>(0)

    init(
        queue: DatabaseQueue, file: StoreFile, limits: StorageLimits, faults: SQLiteFaults,
        metrics: StorageMetrics, fatal: @escaping @Sendable (String) -> Void
    ) {
        self.queue = queue
        self.file = file
        self.limits = limits
        self.faults = faults
        self.metrics = metrics
        self.fatal = fatal
    }

    /// Hands in a write; its continuation is resumed when it is durable or has failed.
    func submit(_ write: PendingWrite) {
        switch self.backlog.withLock({ $0.admit(write, max: self.limits.writesWaitingMax) }) {
        case .wakeWriter: self.run()
        case .queued: break
        case .refused(let error):
            self.metrics.refused.increment()
            write.fail(error)
        }
    }

    /// Has writes refused from now on, while those that wait are still carried out; false when the
    /// database is being closed already.
    func stopAdmitting() -> Bool {
        self.backlog.withLock { $0.close() }
    }

    /// How many writes wait.
    var waitingCount: Int { self.backlog.withLock { $0.waiting.count } }

    /// Whether the connection is closed, or is about to be, with nothing else to be done on it.
    let isShut = Atomic(false)

    /// How often ready threads go first before a batch is taken.
    private static let yieldsMax = 16

    /// Commits one batch on the writer's thread, then lets other work on the connection in between.
    private func run() {
        self.queue.asyncWriteWithoutTransaction { handle in
            self.gather()
            let batch = self.backlog.withLock { $0.next(max: self.limits.writesPerCommitMax) }
            guard !batch.isEmpty else { return }
            self.commit(batch, on: handle)
            self.tendLog(handle)
            self.run()
        }
    }

    /// Lets threads that are ready to run go first where they want this one's core, again for as long
    /// as they hand something in: it shares the commit, which costs the disk almost the same for one
    /// write as for many. Where nobody does, nothing is waited for.
    private func gather() {
        var before = 0
        var waiting = self.waitingCount
        var yields = 0
        while waiting > before, yields < Self.yieldsMax {
            sched_yield()
            yields += 1
            (before, waiting) = (waiting, self.waitingCount)
        }
    }

    /// Stops everything: the disk can no longer be believed.
    ///
    /// A retried fsync on Linux may report success for pages the kernel has dropped, so only a new
    /// process that reads the file afresh may go on. Nobody is answered before the end has begun.
    func die(_ reason: String) {
        let abandoned = self.backlog.withLock { $0.abandon() }
        self.fatal(reason)
        for write in abandoned { write.fail(StorageError(.closed, "the disk failed")) }
    }
}

extension SQLiteWriter {
    /// Carries a batch out in one transaction and answers everybody in it.
    ///
    /// A write that fails is undone alone. Some failures (a full disk, a failed read) undo the whole
    /// transaction: then the batch starts over without the write that met it.
    private func commit(_ batch: [PendingWrite], on handle: SQLiteHandle) {
        let start = ContinuousClock.now
        var batch = batch
        while !batch.isEmpty {
            switch self.attempt(batch, on: handle) {
            case .committed: batch = []
            case .undone(let index, let error): batch.remove(at: index).fail(error)
            case .failed(let error):
                for write in batch { write.fail(error) }
                batch = []
            case .unknown(let error):
                self.die("the disk failed while committing: \(error.message)")
                for write in batch {
                    write.fail(StorageError(.outcomeUnknown, error.message))
                }
                batch = []
            }
        }
        self.metrics.commitSeconds.record(duration: ContinuousClock.now - start)
    }

    private enum Attempt {
        /// Durable, and everybody has been answered.
        case committed
        /// The write at the index met an error that undid the whole transaction.
        case undone(Int, any Error)
        /// Nothing of it is there.
        case failed(StorageError)
        /// Nobody knows whether it is there.
        case unknown(StorageError)
    }

    private func attempt(_ batch: [PendingWrite], on handle: SQLiteHandle) -> Attempt {
        var answers: [@Sendable () -> Void] = []
        var actions: [@Sendable () -> Void] = []
        do {
            try handle.control("BEGIN IMMEDIATE TRANSACTION")
        } catch {
            return .failed(error)
        }
        for (index, write) in batch.enumerated() {
            do {
                let transaction = SQLiteWriteTransaction(handle)
                try handle.step("SAVEPOINT one")
                let answer = try write.perform(transaction)
                if let ending = transaction.ending { throw ending }
                try handle.step("RELEASE SAVEPOINT one")
                answers.append(answer)
                actions += transaction.actions
            } catch {
                guard handle.isInsideTransaction, Self.undoOne(handle) else {
                    Self.undoAll(handle)
                    return .undone(index, error)
                }
                answers.append { write.fail(error) }
            }
        }
        do {
            try self.faults.beforeCommit?()
            try handle.control("COMMIT TRANSACTION")
        } catch {
            let error = StorageError(sqlite: error)
            Self.undoAll(handle)
            return error.code == .io ? .unknown(error) : .failed(error)
        }
        self.commits.add(1, ordering: .releasing)
        for action in actions { action() }
        for answer in answers { answer() }
        self.metrics.batchSize.record(batch.count)
        return .committed
    }

    private static func undoOne(_ handle: SQLiteHandle) -> Bool {
        do {
            try handle.step("ROLLBACK TRANSACTION TO SAVEPOINT one")
            try handle.step("RELEASE SAVEPOINT one")
            return true
        } catch {
            return false
        }
    }

    /// Leaves the transaction if the error has not done so already.
    private static func undoAll(_ handle: SQLiteHandle) {
        // An error here means that SQLite has rolled back by itself, which is what is wanted.
        try? handle.rollback()
    }
}

/// What tests make go wrong.
struct SQLiteFaults: Sendable {
    /// Called before each COMMIT; what it throws is taken for COMMIT's own error.
    var beforeCommit: (@Sendable () throws(StorageError) -> Void)?
    /// Called before each checkpoint; what it throws is taken for the checkpoint's own error.
    var beforeCheckpoint: (@Sendable () throws(StorageError) -> Void)?

    init() {}
}
