import Crypto

/// One named step of a database's schema, applied once, in a transaction.
///
/// A database records the name and the digest of each step it has been through. Steps are only ever
/// appended to a service's list: opening refuses a list in which a recorded step is missing, moved
/// or edited.
public struct Migration: Hashable, Sendable {
    /// The name, unique in its list and never changed.
    public let name: String
    /// The statements, one each, in portable SQL.
    ///
    /// Types are TEXT, INTEGER, REAL and BLOB; `seq SERIAL_KEY` makes a primary key that the
    /// database numbers upwards and never reuses.
    public let statements: [String]

    /// Makes a step.
    public init(_ name: String, _ statements: [String]) {
        self.name = name
        self.statements = statements
    }

    /// SHA-256 of the name and the statements, in lower-case hexadecimal digits.
    public var digest: String {
        var hash = SHA256()
        for part in [self.name] + self.statements {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        return hash.finalize().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}

extension Migration {
    /// What a database remembers of a step it has been through.
    struct Record: Hashable, Sendable {
        var name: String
        var digest: String
    }

    /// The steps of `list` that a database with these `records` has yet to go through.
    static func pending(
        _ list: [Migration], after records: [Record]
    ) throws(StorageError) -> ArraySlice<Migration> {
        var names: Set<String> = []
        for migration in list where !names.insert(migration.name).inserted {
            throw StorageError(.migration, "two migrations are named \"\(migration.name)\"")
        }
        for (index, record) in records.enumerated() {
            guard index < list.count else {
                throw StorageError(
                    .migration,
                    "the database has been through \"\(record.name)\", which this program lacks: "
                        + "it was written by a newer program")
            }
            guard list[index].name == record.name else {
                throw StorageError(
                    .migration,
                    "migration \(index + 1) is \"\(list[index].name)\" here and "
                        + "\"\(record.name)\" in the database: append migrations, never move them")
            }
            guard list[index].digest == record.digest else {
                throw StorageError(
                    .migration,
                    "migration \"\(record.name)\" was edited after the database went through it")
            }
        }
        return list.dropFirst(records.count)
    }
}
