import TestKit

@testable import Storage

/// A SQLite file in a folder of the test's own, opened as often as needed.
struct SQLiteStore: DatabaseUnderTest {
    let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
    }

    var path: String { self.folder.file("store.db") }

    func open(_ migrations: [Migration]) async throws -> any Database {
        try await SQLiteDatabase.open(at: self.path, migrations: migrations)
    }

    /// Opens with things going wrong; reasons to end the process go to `fatal`.
    ///
    /// The database keeps the folder: it is removed when both the store and the database are gone.
    func openSQLite(
        _ migrations: [Migration], limits: StorageLimits = StorageLimits(),
        faults: SQLiteFaults = SQLiteFaults(),
        fatal: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> SQLiteDatabase {
        try SQLiteDatabase(
            file: StoreFile(path: self.path), migrations: migrations, limits: limits,
            label: "test", now: 0, faults: faults,
            fatal: { [folder] reason in
                withExtendedLifetime(folder) { fatal(reason) }
            })
    }
}

/// A table for tests that are about SQLite.
let noteTable = Migration(
    "note-1",
    [
        "CREATE TABLE note (id SERIAL_KEY, text TEXT NOT NULL, author TEXT)",
        "CREATE INDEX note_author ON note (author)",
    ])

extension WriteTransaction {
    func insertNote(_ text: String) throws(StorageError) {
        try self.execute("INSERT INTO note (text) VALUES (?)", [text])
    }
}

extension Database {
    func notes() async throws -> [String] {
        try await self.read { transaction in
            try transaction.rows("SELECT text FROM note ORDER BY id").map { try $0.text("text") }
        }
    }
}
