import Foundation
import GRDB
public import Logging
import Metrics
import Synchronization

/// A database in one SQLite file, in WAL mode, durable at each acknowledgement.
///
/// One process owns the file (a lock beside it sees to that) and nothing else may open it while it
/// runs: not the `sqlite3` program, not a backup that checkpoints. The folder is the service's own
/// (mode 0700).
public final class SQLiteDatabase: Database {
    public let instanceFence: Int64
    /// How the database was set at the last look, when it was opened.
    public let settings: SQLiteSettings

    let writer: SQLiteWriter
    let readers: ReaderPool
    private let lock: Mutex<FileLock?>
    private let maintenance = Mutex<Task<Void, Never>?>(nil)

    /// Opens a database, made and migrated as needed.
    ///
    /// Takes time in proportion to the file's size, which is checked for damage. A failing disk
    /// later ends the process: see ``StorageError/Code/outcomeUnknown``.
    ///
    /// - Parameters:
    ///   - path: the absolute path of the file; its folder is made with mode 0700 when missing.
    ///   - migrations: every step of the schema there has ever been, oldest first.
    ///   - limits: bounds; the defaults suit a service.
    ///   - label: the `database` dimension of the figures.
    ///   - clock: when a migration is recorded as applied.
    ///   - logger: told why the process ends when the disk fails.
    /// - Throws: ``StorageError`` with ``StorageError/Code/locked``, ``StorageError/Code/corrupt``,
    ///   ``StorageError/Code/migration``, ``StorageError/Code/io`` or ``StorageError/Code/misuse``.
    public static func open(
        at path: String, migrations: [Migration], limits: StorageLimits = StorageLimits(),
        label: String = "main", clock: any WallClock = SystemWallClock(),
        logger: Logger = Logger(label: "storage")
    ) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(
            file: StoreFile(path: path), migrations: migrations, limits: limits, label: label,
            now: clock.nowMilliseconds, faults: SQLiteFaults(),
            fatal: { reason in
                logger.critical("the process ends", metadata: ["reason": "\(reason)"])
                abort()
            })
        database.startMaintenance()
        return database
    }

    init(
        file: StoreFile, migrations: [Migration], limits: StorageLimits, label: String,
        now: Int64, faults: SQLiteFaults, fatal: @escaping @Sendable (String) -> Void
    ) throws(StorageError) {
        try file.prepare()
        self.lock = Mutex(try FileLock(path: file.lockPath))
        let metrics = StorageMetrics(label: label)
        let queue = try Self.openWriter(file.path)
        (self.settings, self.instanceFence) = try Self.setUp(
            queue, migrations: migrations, limits: limits, now: now)
        self.writer = SQLiteWriter(
            queue: queue, file: file, limits: limits, faults: faults, metrics: metrics,
            fatal: fatal)
        self.readers = try ReaderPool(path: file.path, limits: limits, metrics: metrics)
    }

    deinit {
        self.maintenance.withLock { $0?.cancel() }
    }

    public var version: Int64 { self.writer.commits.load(ordering: .acquiring) }

    public func read<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            self.readers.submit { turn in
                continuation.resume(
                    with: Result {
                        try Self.snapshot(try turn.get(), body)
                    })
            }
        }
    }

    public func lookUp<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T {
        let found = try self.readers.runIfIdle { turn in
            try Self.snapshot(turn, body)
        }
        if let found { return found }
        return try await self.read(body)
    }

    @discardableResult
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            self.writer.submit(PendingWrite(body, continuation))
        }
    }

    public func checkpointTruncate() async throws {
        try await self.writer.truncateLog()
    }

    public func close() async throws {
        self.maintenance.withLock { $0?.cancel() }
        guard self.writer.stopAdmitting() else { return }
        try await self.readers.close()
        try await self.writer.close()
        self.lock.withLock { $0 = nil }
    }

    /// How the connection that writes is set at this moment.
    public func currentSettings() async throws -> SQLiteSettings {
        try await self.writer.perform { try SQLiteSettings(of: $0) }
    }
}

extension SQLiteDatabase {
    private static func openWriter(_ path: String) throws(StorageError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "storage writer"
        configuration.journalMode = .wal
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    private static func setUp(
        _ queue: DatabaseQueue, migrations: [Migration], limits: StorageLimits, now: Int64
    ) throws(StorageError) -> (SQLiteSettings, Int64) {
        do {
            return try queue.inDatabase { handle in
                try SQLiteSettings.apply(to: handle, limits: limits)
                let settings = try SQLiteSettings(of: handle)
                if let fault = settings.fault {
                    throw StorageError(.misuse, "SQLite is not set as it must be: \(fault)")
                }
                try SQLiteSchema.check(handle)
                try SQLiteSchema.migrate(handle, migrations, now: now)
                return (settings, try SQLiteSchema.nextInstanceFence(handle))
            }
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    private static func snapshot<T>(
        _ turn: ReaderPool.Turn, _ body: (any ReadTransaction) throws -> T
    ) throws -> T {
        defer {
            turn.beginEnding()
            turn.handle.endSnapshot()
        }
        try turn.handle.step("BEGIN DEFERRED TRANSACTION")
        return try body(SQLiteReadTransaction(handle: turn.handle, deadline: turn.deadline))
    }

    /// Has late reads cut off and an idle log truncated, until the database is closed.
    private func startMaintenance() {
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await self?.maintain(now: .now)
            }
        }
        self.maintenance.withLock { $0 = task }
    }

    /// One round of maintenance.
    func maintain(now: ContinuousClock.Instant) async {
        self.readers.interruptOverdue(now: now)
        let lastCommit = self.writer.log.withLock { $0.lastCommit }
        let idle = Duration.milliseconds(self.writer.limits.idleMillisecondsMax)
        guard now - lastCommit >= idle, self.writer.file.logBytes > 0 else { return }
        // Readers in the way: the next round tries again.
        try? await self.writer.tryToTruncateLog()
    }
}
