import Identifiers
import IdentityDomain
import Storage

/// The rows of users; the only code that knows their columns.
enum UserStore {
    /// The columns of a user, for other stores' joins on the alias `u`.
    static let columns = """
        u.id AS id, u.tenant_id AS tenant_id, u.email AS email, u.first_name AS first_name, \
        u.last_name AS last_name, u.company AS company, u.is_tenant_admin AS is_tenant_admin, \
        u.is_service_account AS is_service_account, u.registered_at AS registered_at, \
        u.last_login_at AS last_login_at
        """

    private static let byID = "SELECT \(columns) FROM user_account u WHERE u.id = ?"
    private static let byEmail = """
        SELECT \(columns) FROM user_account u WHERE u.tenant_id = ? AND u.email_folded = ?
        """
    private static let page = """
        SELECT \(columns) FROM user_account u WHERE u.tenant_id = ? AND u.is_service_account = ? \
        ORDER BY u.id LIMIT ? OFFSET ?
        """
    private static let count = """
        SELECT COUNT(*) AS found FROM user_account u \
        WHERE u.tenant_id = ? AND u.is_service_account = ?
        """

    /// The user with this id.
    static func user(
        _ id: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> User? {
        guard let row = try transaction.row(Self.byID, [id.text]) else { return nil }
        return try User(row)
    }

    /// The user of a tenant with this address, given in the form addresses are compared by.
    static func user(
        of tenant: TenantID, email folded: String, in transaction: any ReadTransaction
    ) throws(StorageError) -> User? {
        let row = try transaction.row(Self.byEmail, [tenant.text, folded])
        guard let row else { return nil }
        return try User(row)
    }

    /// Some of a tenant's people in the order of their ids.
    static func people(
        of tenant: TenantID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [User] {
        try transaction.rows(Self.page, [tenant.text, false, limit, offset]).map { try User($0) }
    }

    /// How many people a tenant has.
    static func peopleCount(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(Self.count, [tenant.text, false])?.int("found") ?? 0
    }

    /// Some of a tenant's service accounts in the order of their ids.
    static func serviceAccounts(
        of tenant: TenantID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [User] {
        try transaction.rows(Self.page, [tenant.text, true, limit, offset]).map { try User($0) }
    }

    /// How many service accounts a tenant has.
    static func serviceAccountCount(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(Self.count, [tenant.text, true])?.int("found") ?? 0
    }

    /// Some of a tenant's users of either kind.
    static func some(
        of tenant: TenantID, max: Int, in transaction: any ReadTransaction
    ) throws -> [UserID] {
        try transaction.rows(
            "SELECT id FROM user_account WHERE tenant_id = ? ORDER BY id LIMIT ?",
            [tenant.text, max]
        ).map { try $0.identifier("id") }
    }

    /// Saves what users can change of themselves.
    static func update(
        _ user: User, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE user_account SET first_name = ?, last_name = ?, company = ? WHERE id = ?",
            [user.firstName, user.lastName, user.company, user.id.text])
    }

    /// Notes that a user signed in.
    static func noteLogin(
        of user: UserID, at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE user_account SET last_login_at = ? WHERE id = ?", [now, user.text])
    }

    /// Removes all a tenant's users sign in with, at once: keys, sessions and passwords.
    static func lockOut(
        of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        for table in ["api_key", "session", "password"] {
            try transaction.execute(
                """
                DELETE FROM \(table)
                WHERE user_id IN (SELECT id FROM user_account WHERE tenant_id = ?)
                """, [tenant.text])
        }
    }

    /// Adds a user; `false` when the tenant has the address already.
    static func insert(
        _ user: User, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO user_account (id, tenant_id, email, email_folded, first_name, last_name,
                company, is_tenant_admin, is_service_account, registered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, email_folded) DO NOTHING
            """,
            [
                user.id.text, user.tenant.text, user.email, EmailAddress.fold(user.email),
                user.firstName, user.lastName, user.company, user.isTenantAdmin,
                user.isServiceAccount, user.registered,
            ]) == 1
    }

    /// Removes a user whose keys and password are gone already; says how many rows went.
    static func delete(
        _ id: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM user_account WHERE id = ?", [id.text])
    }
}

extension User {
    /// Reads the columns of ``UserStore/columns``.
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), tenant: try row.identifier("tenant_id"),
            email: try row.text("email"), firstName: try row.text("first_name"),
            lastName: try row.text("last_name"), company: try row.optionalText("company"),
            isTenantAdmin: try row.bool("is_tenant_admin"),
            isServiceAccount: try row.bool("is_service_account"),
            registered: try row.int64("registered_at"),
            lastLogin: try row.optionalInt64("last_login_at"))
    }
}
