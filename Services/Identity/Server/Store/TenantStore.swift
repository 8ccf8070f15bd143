import Identifiers
import IdentityDomain
import Storage

/// The rows of tenants; the only code that knows their columns.
enum TenantStore {
    fileprivate static let columns = "id, name, created_at, is_operating"

    /// Whether there is any tenant: whether the service has ever been started on this database.
    static func isEmpty(in transaction: any ReadTransaction) throws(StorageError) -> Bool {
        try transaction.row("SELECT id FROM tenant LIMIT 1") == nil
    }

    /// Whether there is this tenant, also one that is being deleted.
    static func exists(
        _ tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row("SELECT id FROM tenant WHERE id = ?", [tenant.text]) != nil
    }

    /// A tenant, unless it is being deleted.
    static func tenant(
        _ id: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Tenant? {
        let row = try transaction.row(
            "SELECT \(Self.columns) FROM tenant WHERE id = ? AND deleting_at IS NULL", [id.text])
        guard let row else { return nil }
        return try Tenant(row)
    }

    /// The tenant whose administrators operate the platform.
    static func operating(
        in transaction: any ReadTransaction
    ) throws(StorageError) -> TenantID? {
        try transaction.row("SELECT id FROM tenant WHERE is_operating = 1")?.identifier("id")
    }

    /// Some of the tenants that are not being deleted, in the order of their ids.
    static func page(
        limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [Tenant] {
        try transaction.rows(
            """
            SELECT \(Self.columns) FROM tenant WHERE deleting_at IS NULL
            ORDER BY id LIMIT ? OFFSET ?
            """, [limit, offset]
        ).map { try Tenant($0) }
    }

    /// How many tenants there are that are not being deleted.
    static func count(in transaction: any ReadTransaction) throws(StorageError) -> Int {
        let row = try transaction.row(
            "SELECT COUNT(*) AS found FROM tenant WHERE deleting_at IS NULL")
        return try row?.int("found") ?? 0
    }

    /// Marks a tenant as being deleted; `false` when there is no such tenant, or it is already.
    static func markDeleting(
        _ tenant: TenantID, at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            "UPDATE tenant SET deleting_at = ? WHERE id = ? AND deleting_at IS NULL",
            [now, tenant.text]) == 1
    }

    /// Removes a tenant whose users and roles are gone already.
    static func delete(
        _ tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM tenant WHERE id = ?", [tenant.text])
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
        _ tenant: Tenant, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "INSERT INTO tenant (id, name, created_at, is_operating) VALUES (?, ?, ?, ?)",
            [tenant.id.text, tenant.name, tenant.createdAt, tenant.isOperating])
    }
}

extension Tenant {
    /// Reads the columns of a tenant.
    fileprivate init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), name: try row.text("name"),
            createdAt: try row.int64("created_at"), isOperating: try row.bool("is_operating"))
    }
}
