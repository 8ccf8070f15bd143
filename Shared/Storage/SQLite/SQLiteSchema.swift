import GRDB

/// What the driver does to the tables at start: check, migrate, count the opening.
enum SQLiteSchema {
    /// Throws ``StorageError/Code/corrupt`` unless the file is sound.
    static func check(_ handle: SQLiteHandle) throws(StorageError) {
        let verdict: String?
        do {
            verdict = try String.fetchOne(handle, sql: "PRAGMA quick_check(1)")
        } catch {
            throw StorageError(sqlite: error)
        }
        guard verdict == "ok" else {
            throw StorageError(.corrupt, "quick_check: \(verdict ?? "no answer")")
        }
    }

    /// Takes the database through the steps it lacks, each in a transaction.
    static func migrate(
        _ handle: SQLiteHandle, _ migrations: [Migration], now: Int64
    ) throws(StorageError) {
        do {
            try handle.inTransaction(.immediate) {
                for statement in Self.own {
                    try handle.execute(sql: SQLiteDialect.translate(statement))
                }
                return .commit
            }
            let records = try handle.fetch(
                "SELECT name, digest FROM storage_migration ORDER BY position", [], max: .max
            ).map { Migration.Record(name: try $0.text("name"), digest: try $0.text("digest")) }
            for migration in try Migration.pending(migrations, after: records) {
                try handle.inTransaction(.immediate) {
                    try Self.apply(migration, to: handle, now: now)
                    return .commit
                }
            }
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    /// Counts this opening and answers its number.
    static func nextInstanceFence(_ handle: SQLiteHandle) throws(StorageError) -> Int64 {
        do {
            var fence: Int64 = 0
            try handle.inTransaction(.immediate) {
                let row = try handle.fetch(
                    """
                    INSERT INTO storage_instance (only, fence) VALUES (1, 1)
                    ON CONFLICT (only) DO UPDATE SET fence = fence + 1 RETURNING fence
                    """, [], max: 1
                ).first
                guard let row else { throw StorageError(.corrupt, "no instance fence") }
                fence = try row.int64("fence")
                return .commit
            }
            return fence
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    private static let own = [
        """
        CREATE TABLE IF NOT EXISTS storage_migration (
            position INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            digest TEXT NOT NULL,
            applied_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS storage_instance (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            fence INTEGER NOT NULL CHECK (fence > 0)
        )
        """,
    ]

    private static func apply(
        _ migration: Migration, to handle: SQLiteHandle, now: Int64
    ) throws(StorageError) {
        do {
            for statement in migration.statements {
                try handle.makeStatement(sql: SQLiteDialect.translate(statement)).execute()
            }
        } catch {
            let error = StorageError(sqlite: error)
            throw StorageError(.migration, "migration \"\(migration.name)\": \(error.message)")
        }
        _ = try handle.change(
            """
            INSERT INTO storage_migration (position, name, digest, applied_at)
            SELECT COUNT(position) + 1, ?, ?, ? FROM storage_migration
            """, [migration.name, migration.digest, now])
    }
}
