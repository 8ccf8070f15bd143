import Identifiers
import IdentityDomain
import Storage

/// The rows of SSH keys; the only code that knows their columns.
enum SSHKeyStore {
    private static let columns = "id, user_id, fingerprint, title, public_key, created_at"
    private static let page = """
        SELECT \(columns) FROM ssh_key WHERE user_id = ? ORDER BY id LIMIT ? OFFSET ?
        """
    private static let byID = "SELECT \(columns) FROM ssh_key WHERE id = ? AND user_id = ?"

    /// Some of a user's keys, in the order they were registered.
    static func keys(
        of user: UserID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [SSHKey] {
        try transaction.rows(Self.page, [user.text, limit, offset]).map { try SSHKey($0) }
    }

    /// How many keys a user has.
    static func count(
        of user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM ssh_key WHERE user_id = ?", [user.text]
        )?.int("found") ?? 0
    }

    /// A user's key.
    static func key(
        _ id: SSHKeyID, of user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> SSHKey? {
        guard let row = try transaction.row(Self.byID, [id.text, user.text]) else { return nil }
        return try SSHKey(row)
    }

    /// Adds a key; `false` when its user has it already.
    static func insert(
        _ key: SSHKey, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO ssh_key (id, user_id, fingerprint, title, public_key, created_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, fingerprint) DO NOTHING
            """,
            [key.id.text, key.user.text, key.fingerprint, key.title, key.text, key.createdAt]) == 1
    }

    /// Removes a user's key; whether there was one.
    static func delete(
        _ id: SSHKeyID, of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            "DELETE FROM ssh_key WHERE id = ? AND user_id = ?", [id.text, user.text]) == 1
    }

    /// Removes all keys of a user; says how many.
    static func deleteAll(
        of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM ssh_key WHERE user_id = ?", [user.text])
    }
}

extension SSHKey {
    /// Reads the columns of a key.
    fileprivate init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), user: try row.identifier("user_id"),
            fingerprint: try row.text("fingerprint"), title: try row.text("title"),
            text: try row.text("public_key"), createdAt: try row.int64("created_at"))
    }
}
