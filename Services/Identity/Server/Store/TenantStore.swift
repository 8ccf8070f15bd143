import Identifiers
import Storage

/// The rows of tenants; the only code that knows their columns.
enum TenantStore {
    /// Whether there is any tenant: whether the service has ever been started on this database.
    static func isEmpty(in transaction: any ReadTransaction) throws(StorageError) -> Bool {
        try transaction.row("SELECT id FROM tenant LIMIT 1") == nil
    }

    /// Whether there is this tenant.
    static func exists(
        _ tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row("SELECT id FROM tenant WHERE id = ?", [tenant.text]) != nil
    }

    /// Adds a tenant.
    static func insert(
        _ tenant: TenantID, name: String, at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "INSERT INTO tenant (id, name, created_at) VALUES (?, ?, ?)",
            [tenant.text, name, now])
    }
}
