import GRDB

/// A connection to the file, used on its own queue only.
typealias SQLiteHandle = GRDB.Database

/// A snapshot on a reader's connection.
struct SQLiteReadTransaction: ReadTransaction {
    let handle: SQLiteHandle
    /// When the snapshot has been held for as long as it may.
    let deadline: ContinuousClock.Instant

    func rows(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> [SQLRow] {
        try self.checkDeadline()
        return try self.handle.fetch(sql, arguments, max: .max)
    }

    func row(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> SQLRow? {
        try self.checkDeadline()
        return try self.handle.fetch(sql, arguments, max: 1).first
    }

    private func checkDeadline() throws(StorageError) {
        guard ContinuousClock.now < self.deadline else {
            throw StorageError(.tooSlow, "the read went on for too long")
        }
    }
}

/// One write's share of a batch, on the writer's connection.
///
/// Some errors (a full disk, a failed read) end the transaction that the whole batch shares. Nothing
/// may be carried out after one, as it would stand alone; so the error comes again with every
/// further statement, and the batch starts over without this write even if its body kept quiet.
final class SQLiteWriteTransaction: WriteTransaction {
    private let handle: SQLiteHandle
    private(set) var actions: [@Sendable () -> Void] = []
    /// What ended the transaction of the whole batch.
    private(set) var ending: StorageError?

    init(_ handle: SQLiteHandle) {
        self.handle = handle
    }

    func rows(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> [SQLRow] {
        try self.underway { handle throws(StorageError) in
            try handle.fetch(sql, arguments, max: .max)
        }
    }

    func row(_ sql: String, _ arguments: [any SQLConvertible]) throws(StorageError) -> SQLRow? {
        try self.underway { handle throws(StorageError) in
            try handle.fetch(sql, arguments, max: 1).first
        }
    }

    func execute(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> Int {
        try self.underway { handle throws(StorageError) in try handle.change(sql, arguments) }
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        self.actions.append(action)
    }

    private func underway<Value>(
        _ statement: (SQLiteHandle) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        if let ending = self.ending { throw ending }
        do {
            return try statement(self.handle)
        } catch {
            if !self.handle.isInsideTransaction { self.ending = error }
            throw error
        }
    }
}

extension SQLiteHandle {
    /// The first `max` rows of an answer.
    ///
    /// A statement that changes rows is always carried out to its end.
    func fetch(
        _ sql: String, _ arguments: [any SQLConvertible], max: Int
    ) throws(StorageError) -> [SQLRow] {
        try SQLiteDialect.check(sql)
        let statement = try self.prepared(sql, arguments)
        var rows: [SQLRow] = []
        while rows.count < max, try statement.step() {
            rows.append(SQLRow(columns: statement.columns, values: statement.values()))
        }
        if rows.count == max, !statement.isReadonly { while try statement.step() {} }
        return rows
    }

    /// Carries out a statement and says how many rows it changed.
    func change(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> Int {
        try SQLiteDialect.check(sql)
        let statement = try self.prepared(sql, arguments)
        while try statement.step() {}
        return statement.isReadonly ? 0 : self.changesCount
    }

    /// Carries out a statement of the driver's own that neither begins nor ends a transaction of the
    /// writer.
    func step(_ sql: String) throws(StorageError) {
        let statement = try self.prepared(sql, [])
        while try statement.step() {}
    }

    /// Carries out a statement of the driver's own.
    func control(_ sql: String) throws(StorageError) {
        do {
            try self.cachedStatement(sql: sql).execute()
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    /// Lets a snapshot go, however the read ended.
    func endSnapshot() {
        guard self.isInsideTransaction else { return }
        do {
            try self.step("COMMIT TRANSACTION")
        } catch {
            // Cut off in the middle: GRDB's own rollback leaves the transaction in any case.
            try? self.rollback()
        }
    }
}
