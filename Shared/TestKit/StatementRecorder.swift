public import Storage
import Synchronization

/// A database that hands everything on to another and remembers the statements.
///
/// For a test that walks a service through its work and then looks at the plan of each statement it
/// used, so that none is forgotten.
public final class StatementRecorder: Database {
    private let database: any Database
    private let seen = Mutex<Set<String>>([])

    /// Makes a recorder in front of `database`.
    public init(_ database: any Database) {
        self.database = database
    }

    /// The statements used so far, each once, in alphabetical order.
    public var statements: [String] { self.seen.withLock { $0.sorted() } }

    public var instanceFence: Int64 { self.database.instanceFence }

    public var version: Int64 { self.database.version }

    public func read<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.database.read { try body(RecordedRead(inner: $0, recorder: self)) }
    }

    public func lookUp<T: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.database.lookUp { try body(RecordedRead(inner: $0, recorder: self)) }
    }

    @discardableResult
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> T
    ) async throws -> T {
        try await self.database.write { try body(RecordedWrite(inner: $0, recorder: self)) }
    }

    public func checkpointTruncate() async throws {
        try await self.database.checkpointTruncate()
    }

    public func close() async throws {
        try await self.database.close()
    }

    fileprivate func record(_ sql: String) {
        self.seen.withLock { _ = $0.insert(sql) }
    }
}

private struct RecordedRead: ReadTransaction {
    let inner: any ReadTransaction
    let recorder: StatementRecorder

    func rows(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> [SQLRow] {
        self.recorder.record(sql)
        return try self.inner.rows(sql, arguments)
    }

    func row(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> SQLRow? {
        self.recorder.record(sql)
        return try self.inner.row(sql, arguments)
    }
}

private struct RecordedWrite: WriteTransaction {
    let inner: any WriteTransaction
    let recorder: StatementRecorder

    func rows(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> [SQLRow] {
        self.recorder.record(sql)
        return try self.inner.rows(sql, arguments)
    }

    func row(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> SQLRow? {
        self.recorder.record(sql)
        return try self.inner.row(sql, arguments)
    }

    func execute(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> Int {
        self.recorder.record(sql)
        return try self.inner.execute(sql, arguments)
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        self.inner.afterCommit(action)
    }
}
