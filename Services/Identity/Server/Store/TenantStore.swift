import Identifiers
import IdentityDomain
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

    /// A tenant.
    static func tenant(
        _ id: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Tenant? {
        let row = try transaction.row(
            "SELECT name, created_at FROM tenant WHERE id = ?", [id.text])
        guard let row else { return nil }
        return Tenant(id: id, name: try row.text("name"), createdAt: try row.int64("created_at"))
    }

    /// Saves what can be changed of a tenant.
    static func update(
        _ tenant: Tenant, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE tenant SET name = ? WHERE id = ?", [tenant.name, tenant.id.text])
    }

    /// The revision of a tenant's role catalogue; `nil` when there is no such tenant.
    static func rolesRevision(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int64? {
        try transaction.row("SELECT roles_revision FROM tenant WHERE id = ?", [tenant.text])?
            .int64("roles_revision")
    }

    /// Moves the revision of a tenant's role catalogue on, if it is still the one given.
    static func advanceRoles(
        of tenant: TenantID, from revision: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            UPDATE tenant SET roles_revision = roles_revision + 1
            WHERE id = ? AND roles_revision = ?
            """, [tenant.text, revision]) == 1
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
