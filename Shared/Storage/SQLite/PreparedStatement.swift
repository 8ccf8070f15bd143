import GRDB
import GRDBSQLite

/// One use of a statement that a connection keeps prepared.
///
/// GRDB compiles and keeps statements; they are carried out with SQLite's own calls, since GRDB's
/// rows and arguments cost several times what a look-up by key does. Nothing observes these
/// connections, so there is nobody whom GRDB would tell. Statements that begin or end a transaction
/// of the writer are not carried out here: GRDB follows those.
struct PreparedStatement: ~Copyable {
    private let raw: SQLiteStatement
    private let connection: SQLiteConnection
    /// The columns' names, in order.
    let columns: [String]
    /// Whether it changes nothing.
    let isReadonly: Bool

    init(_ statement: Statement, on connection: SQLiteConnection) {
        self.raw = statement.sqliteStatement
        self.connection = connection
        self.columns = statement.columnNames
        self.isReadonly = statement.isReadonly
    }

    deinit {
        // What it says was said by `step` already.
        sqlite3_reset(self.raw)
        sqlite3_clear_bindings(self.raw)
    }

    /// Gives the arguments, before the first step.
    func bind(_ arguments: [any SQLConvertible]) throws(StorageError) {
        let wanted = Int(sqlite3_bind_parameter_count(self.raw))
        guard arguments.count == wanted else {
            throw StorageError(
                .misuse, "the statement has \(wanted) arguments, given were \(arguments.count)")
        }
        for index in arguments.indices {
            guard self.bind(arguments[index].sqlValue, at: CInt(index) + 1) == SQLITE_OK else {
                throw self.failure()
            }
        }
    }

    /// Goes on to the next row; false when there is none.
    func step() throws(StorageError) -> Bool {
        switch sqlite3_step(self.raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw self.failure()
        }
    }

    /// The values of the row that ``step()`` has come to.
    func values() -> [SQLValue] {
        let count = self.columns.count
        return [SQLValue](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: self.value(CInt(index)))
            }
            initialized = count
        }
    }

    private func value(_ column: CInt) -> SQLValue {
        switch sqlite3_column_type(self.raw, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(self.raw, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(self.raw, column))
        case SQLITE_TEXT:
            // The text first: asking for it may change how long it is.
            let start = sqlite3_column_text(self.raw, column)
            let count = Int(sqlite3_column_bytes(self.raw, column))
            return .text(
                String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(self.raw, column)
            let count = Int(sqlite3_column_bytes(self.raw, column))
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    private func bind(_ value: SQLValue, at index: CInt) -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(self.raw, index)
        case .integer(let integer): return sqlite3_bind_int64(self.raw, index, integer)
        case .real(let real): return sqlite3_bind_double(self.raw, index, real)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(
                        self.raw, index, $0.baseAddress, CInt(clamping: $0.count), Self.copied)
                }
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes {
                // Without an address it would be NULL.
                $0.isEmpty
                    ? sqlite3_bind_zeroblob(self.raw, index, 0)
                    : sqlite3_bind_blob(
                        self.raw, index, $0.baseAddress, CInt(clamping: $0.count), Self.copied)
            }
        }
    }

    /// SQLITE_TRANSIENT, which is a macro: SQLite takes a copy.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private func failure() -> StorageError {
        StorageError(
            sqlite: DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(self.connection)),
                message: String(cString: sqlite3_errmsg(self.connection))))
    }
}

extension SQLiteHandle {
    /// Finds or prepares a statement and gives it its arguments.
    func prepared(
        _ sql: String, _ arguments: [any SQLConvertible]
    ) throws(StorageError) -> PreparedStatement {
        guard let connection = self.sqliteConnection else {
            throw StorageError(.closed, "the database is closed")
        }
        let statement: Statement
        do {
            statement = try self.cachedStatement(sql: sql)
        } catch {
            throw StorageError(sqlite: error)
        }
        let prepared = PreparedStatement(statement, on: connection)
        try prepared.bind(arguments)
        return prepared
    }
}
