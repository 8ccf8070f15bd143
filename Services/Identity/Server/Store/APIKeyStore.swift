import Identifiers
import IdentityAPI
import IdentityDomain
import Storage

/// The rows of API keys, which hold hashes only; the only code that knows their columns.
enum APIKeyStore {
    private static let holder = """
        SELECT k.hash AS hash, u.id AS id, u.tenant_id AS tenant_id, u.email AS email, \
        u.is_tenant_admin AS is_tenant_admin \
        FROM api_key k JOIN user_account u ON u.id = k.user_id \
        WHERE k.hash = ? AND k.revoked_at IS NULL
        """

    /// Whom a living key belongs to: one read through the primary key.
    static func holder(
        of digest: KeyDigest, in transaction: any ReadTransaction
    ) throws(StorageError) -> AuthenticatedUser? {
        guard let row = try transaction.row(Self.holder, [digest.bytes]),
            digest.equals(try row.blob("hash"))
        else { return nil }
        return AuthenticatedUser(
            user: try row.identifier("id"), tenant: try row.identifier("tenant_id"),
            email: try row.text("email"), isTenantAdmin: try row.bool("is_tenant_admin"))
    }

    /// Gives a user a key; the one before is dead from here on.
    static func replace(
        of user: UserID, with digest: KeyDigest, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE api_key SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL",
            [now, user.text])
        try transaction.execute(
            "INSERT INTO api_key (hash, user_id, created_at) VALUES (?, ?, ?)",
            [digest.bytes, user.text, now])
    }

    /// Removes all keys of a user, dead ones too; says how many.
    static func deleteAll(
        of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM api_key WHERE user_id = ?", [user.text])
    }
}
