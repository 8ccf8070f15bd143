/// Reads inside one transaction: all of them see the same snapshot.
public protocol ReadTransaction {
    /// The rows a statement answers with.
    ///
    /// `?` in the statement stands for the arguments in order. Statements are prepared once and
    /// kept, so write values as arguments and never into the text. In a write transaction the
    /// statement may also be `INSERT`, `UPDATE` or `DELETE … RETURNING`.
    func rows(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> [SQLRow]

    /// The first row a statement answers with, or `nil`.
    ///
    /// Rows after the first are not fetched.
    func row(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> SQLRow?
}

extension ReadTransaction {
    /// The rows a statement without arguments answers with.
    public func rows(_ sql: String) throws(StorageError) -> [SQLRow] {
        try self.rows(sql, [])
    }

    /// The first row a statement without arguments answers with, or `nil`.
    public func row(_ sql: String) throws(StorageError) -> SQLRow? {
        try self.row(sql, [])
    }
}

/// Reads and changes that become visible and durable together or not at all.
public protocol WriteTransaction: ReadTransaction {
    /// Carries out a statement and says how many rows it inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> Int

    /// Has `action` called once the transaction is durable; never when it is not.
    ///
    /// Actions run in the order of registration on the writer's thread, which does nothing else
    /// meanwhile: wake somebody, do not work. They run before ``Database/write(_:)`` returns.
    func afterCommit(_ action: @escaping @Sendable () -> Void)
}

extension WriteTransaction {
    /// Carries out a statement without arguments.
    @discardableResult
    public func execute(_ sql: String) throws(StorageError) -> Int {
        try self.execute(sql, [])
    }
}

/// A relational store for one service.
///
/// The SQL is the common ground of SQLite and PostgreSQL: the types TEXT, INTEGER, REAL and BLOB,
/// `INSERT … ON CONFLICT … DO UPDATE` or `DO NOTHING`, `RETURNING`, `LIMIT … OFFSET`, partial
/// indexes, `?` for arguments. Times are integers given as arguments, never SQL's own clock.
/// `DatabaseConformance` in TestKit says in tests what every implementation does.
public protocol Database: Sendable {
    /// A number that grows by one each time the database is opened.
    ///
    /// A process sends it with its effects on others, so that what an earlier process sent and the
    /// network held back can be told from what this one sends (see ``FenceRegister``).
    var instanceFence: Int64 { get }

    /// A number that has grown by the time a write is acknowledged, whatever was written.
    ///
    /// What was read after asking for it is what a read would find now for as long as it is the
    /// same: nothing has been acknowledged since. It means nothing beyond this process.
    var version: Int64 { get }

    /// Reads in a transaction of its own, which sees every write acknowledged before the call.
    ///
    /// - Throws: what `body` throws; ``StorageError/Code/busy``, ``StorageError/Code/tooSlow``,
    ///   ``StorageError/Code/closed``.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T

    /// Reads a few rows by key, on the calling thread when that is cheaper than changing threads.
    ///
    /// Same promise as ``read(_:)``. For statements that touch a handful of rows through an index:
    /// the calling thread waits while they run.
    func lookUp<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T

    /// Reads and changes in a transaction, and returns once it is durable.
    ///
    /// Writes waiting at the same time share one commit, each in a savepoint of its own: when
    /// `body` throws, its own changes are undone and nobody else's. `body` runs on the writer's
    /// thread with everybody waiting: decide and save there, compute beforehand. It may be run a
    /// second time when a neighbour's failure undid the shared transaction, so it has no effects
    /// but those in the transaction. Cancelling the caller undoes nothing: once called, the write
    /// is carried out and its outcome returned.
    ///
    /// - Throws: what `body` throws, and then nothing has changed; ``StorageError`` otherwise.
    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> T
    ) async throws -> T

    /// Copies the write-ahead log into the database and leaves none of it on the disk.
    ///
    /// Afterwards no byte of a row deleted earlier is in the store's files.
    ///
    /// - Throws: ``StorageError/Code/busy`` when readers stay in the way for longer than they may.
    func checkpointTruncate() async throws

    /// Carries out the writes that wait, then closes; calls after this throw
    /// ``StorageError/Code/closed``.
    func close() async throws
}
