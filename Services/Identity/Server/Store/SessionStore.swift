import Identifiers
import IdentityAPI
import IdentityDomain
import Storage

/// The rows of sessions, which hold hashes of tokens only; the only code that knows their columns.
enum SessionStore {
    /// A session and the one who makes requests by it.
    struct Holder: Hashable, Sendable {
        var session: Session
        var user: AuthenticatedUser
    }

    private static let columns = """
        s.id AS session_id, s.user_id AS user_id, s.created_at AS created_at, \
        s.last_used_at AS last_used_at, s.address AS address, s.agent AS agent
        """
    private static let byDigest = """
        SELECT \(columns), s.hash AS hash, u.tenant_id AS tenant_id, u.email AS email, \
        u.is_tenant_admin AS is_tenant_admin \
        FROM session s JOIN user_account u ON u.id = s.user_id WHERE s.hash = ?
        """
    private static let byUser = """
        SELECT \(columns) FROM session s WHERE s.user_id = ? ORDER BY s.last_used_at DESC, s.id DESC
        """
    private static let byID = """
        SELECT \(columns) FROM session s WHERE s.id = ? AND s.user_id = ?
        """

    /// The session of a token and whose it is, over or not: one read through an index.
    static func holder(
        of digest: KeyDigest, in transaction: any ReadTransaction
    ) throws(StorageError) -> Holder? {
        guard let row = try transaction.row(Self.byDigest, [digest.bytes]),
            digest.equals(try row.blob("hash"))
        else { return nil }
        let session = try Session(row)
        return Holder(
            session: session,
            user: AuthenticatedUser(
                user: session.user, tenant: try row.identifier("tenant_id"),
                email: try row.text("email"), isTenantAdmin: try row.bool("is_tenant_admin")))
    }

    /// A user's sessions, over or not, the latest used first.
    static func sessions(
        of user: UserID, in transaction: any ReadTransaction
    ) throws -> [Session] {
        try transaction.rows(Self.byUser, [user.text]).map { try Session($0) }
    }

    /// A user's session, over or not.
    static func session(
        _ id: SessionID, of user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Session? {
        guard let row = try transaction.row(Self.byID, [id.text, user.text]) else { return nil }
        return try Session(row)
    }

    /// Adds a session.
    static func insert(
        _ session: Session, _ digest: KeyDigest, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO session (id, hash, user_id, created_at, last_used_at, address, agent)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                session.id.text, digest.bytes, session.user.text, session.createdAt,
                session.lastUsedAt, session.address, session.agent,
            ])
    }

    /// Notes that a session was in use; an earlier time than the one noted changes nothing.
    static func note(
        _ id: SessionID, usedAt now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE session SET last_used_at = ? WHERE id = ? AND last_used_at < ?",
            [now, id.text, now])
    }

    /// Ends a user's session; whether there was one.
    static func delete(
        _ id: SessionID, of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            "DELETE FROM session WHERE id = ? AND user_id = ?", [id.text, user.text]) == 1
    }

    /// Ends all sessions of a user; says how many there were.
    static func deleteAll(
        of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM session WHERE user_id = ?", [user.text])
    }

    /// Ends all sessions of a user but one.
    static func deleteAll(
        of user: UserID, but kept: SessionID?, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM session WHERE user_id = ? AND id <> ?", [user.text, kept?.text ?? ""])
    }

    /// Removes the sessions that began before a time.
    static func delete(
        createdBefore time: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM session WHERE created_at < ?", [time])
    }
}

extension Session {
    /// Reads the columns of a session.
    fileprivate init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("session_id"), user: try row.identifier("user_id"),
            createdAt: try row.int64("created_at"), lastUsedAt: try row.int64("last_used_at"),
            address: try row.optionalText("address"), agent: try row.optionalText("agent"))
    }
}
