import GRDB

/// What the connection that writes is set to: what durability and deletion rest on.
public struct SQLiteSettings: Hashable, Sendable {
    /// 2 (FULL): a commit is on the disk before it is acknowledged.
    public var synchronous: Int64
    /// 1: deleted bytes are overwritten.
    public var secureDelete: Int64
    /// 1: foreign keys are enforced.
    public var foreignKeys: Int64
    /// `wal`.
    public var journalMode: String
    /// The library's version, for example `3.40.1`.
    public var libraryVersion: String

    /// Why a database must not be used with these settings; `nil` when it may.
    var fault: String? {
        if self.synchronous != 2 { return "synchronous is \(self.synchronous), not 2 (FULL)" }
        if self.secureDelete != 1 { return "secure_delete is \(self.secureDelete), not 1 (ON)" }
        if self.foreignKeys != 1 { return "foreign_keys is \(self.foreignKeys), not 1 (ON)" }
        if self.journalMode != "wal" { return "journal_mode is \(self.journalMode), not wal" }
        return nil
    }
}

extension SQLiteSettings {
    /// Puts the writer's connection right, after GRDB has finished opening it.
    ///
    /// GRDB sets `synchronous` to NORMAL as the last step of opening in WAL mode, so FULL has to
    /// come afterwards and outside a transaction. Checkpoints are the writer's own business, so
    /// that a failed fsync during one is seen (SQLite's automatic checkpoint ignores it).
    static func apply(to handle: SQLiteHandle, limits: StorageLimits) throws(StorageError) {
        do {
            for pragma in [
                "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON",
                "wal_autocheckpoint = 0", "temp_store = MEMORY", "trusted_schema = OFF",
                // What is negative is KiB; positive, pages.
                "cache_size = -\(limits.writerCacheBytesMax / 1024)",
            ] {
                try handle.execute(sql: "PRAGMA \(pragma)")
            }
            let pageBytes = try Int.fetchOne(handle, sql: "PRAGMA page_size") ?? 4096
            let pages = max(1, limits.databaseBytesMax / pageBytes)
            try handle.execute(sql: "PRAGMA max_page_count = \(pages)")
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    /// Reads the settings of a connection.
    init(of handle: SQLiteHandle) throws(StorageError) {
        do {
            func integer(_ pragma: String) throws -> Int64 {
                try Int64.fetchOne(handle, sql: "PRAGMA \(pragma)") ?? -1
            }
            self.init(
                synchronous: try integer("synchronous"),
                secureDelete: try integer("secure_delete"),
                foreignKeys: try integer("foreign_keys"),
                journalMode: try String.fetchOne(handle, sql: "PRAGMA journal_mode") ?? "",
                libraryVersion: try String.fetchOne(handle, sql: "SELECT sqlite_version()") ?? "")
        } catch {
            throw StorageError(sqlite: error)
        }
    }
}
