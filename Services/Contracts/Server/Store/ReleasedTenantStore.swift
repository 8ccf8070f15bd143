import ContractsDomain
import Identifiers
import Storage

/// The table `released_tenant`: tenants that are gone, or about to be.
enum ReleasedTenantStore {
    /// Closes a tenant; one that is closed stays as it is.
    static func insert(
        _ tenant: TenantID, at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO released_tenant (tenant_id, released_at) VALUES (?, ?)
            ON CONFLICT (tenant_id) DO NOTHING
            """, [tenant, now])
    }

    /// Refuses what would be made for a tenant that is closed.
    static func check(_ tenant: TenantID, in transaction: any ReadTransaction) throws {
        let row = try transaction.row(
            "SELECT released_at FROM released_tenant WHERE tenant_id = ?", [tenant])
        guard row == nil else { throw Refusal.tenantReleased }
    }
}
