import GRDB

extension StorageError {
    /// An error of SQLite's in the store's words; an error of the store's own as it is.
    ///
    /// SQLite's messages name tables and columns and never quote the values bound to a statement.
    init(sqlite error: any Error) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError:
            self.init(
                Self.code(error), error.message ?? "SQLite error \(error.extendedResultCode)")
        default: self.init(.misuse, "unexpected \(type(of: error))")
        }
    }

    private static func code(_ error: DatabaseError) -> Code {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return .constraintUnique
        case .SQLITE_CONSTRAINT_FOREIGNKEY: return .constraintForeignKey
        case .SQLITE_CONSTRAINT_CHECK: return .constraintCheck
        case .SQLITE_CONSTRAINT_NOTNULL: return .constraintNotNull
        case .SQLITE_CONSTRAINT_DATATYPE: return .constraintType
        default: break
        }
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM: .busy
        case .SQLITE_FULL: .full
        case .SQLITE_INTERRUPT: .tooSlow
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
        case .SQLITE_IOERR, .SQLITE_CANTOPEN: .io
        default: .misuse
        }
    }
}
