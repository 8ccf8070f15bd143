public import Identifiers
public import Storage

/// The record of what each chunk of a purge erased, written in the transaction that erased it.
public enum PurgeProgress {
    /// The table; a participant includes it in its own list of migrations.
    public static let migration = Migration(
        "purge_progress",
        [
            """
            CREATE TABLE purge_progress (
                operation_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                chunk INTEGER NOT NULL CHECK (chunk >= 0),
                deleted INTEGER NOT NULL CHECK (deleted >= 0),
                is_last INTEGER NOT NULL CHECK (is_last IN (0, 1)),
                PRIMARY KEY (operation_id, kind, chunk)
            )
            """
        ])

    /// What a chunk did; `nil` when it was not done yet.
    static func done(
        _ operation: OperationID, kind: String, chunk: Int, in transaction: any ReadTransaction
    ) throws -> (deleted: Int, isLast: Bool)? {
        try transaction.row(
            """
            SELECT deleted, is_last FROM purge_progress
            WHERE operation_id = ? AND kind = ? AND chunk = ?
            """, [operation.text, kind, chunk]
        ).map { (try $0.int("deleted"), try $0.bool("is_last")) }
    }

    /// Records what a chunk did.
    static func record(
        _ operation: OperationID, kind: String, chunk: Int, deleted: Int, isLast: Bool,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO purge_progress (operation_id, kind, chunk, deleted, is_last)
            VALUES (?, ?, ?, ?, ?)
            """, [operation.text, kind, chunk, deleted, isLast])
    }

    /// Removes the record of a deletion that is over everywhere.
    ///
    /// ``ContractGates`` does so when a contract becomes `deleted`; the service that owns contracts
    /// does so when it makes the tombstone.
    public static func forget(
        _ operation: OperationID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "DELETE FROM purge_progress WHERE operation_id = ?", [operation.text])
    }
}
