import Identifiers
import IdentityDomain
import Storage

/// The rows of passwords, hashed, and of failed attempts; the only code that knows their columns.
enum PasswordStore {
    /// An account a password may be compared with.
    struct Candidate: Hashable, Sendable {
        var user: User
        var password: PasswordHash
    }

    private static let columns = """
        p.salt AS salt, p.hash AS hash, p.rounds AS rounds, p.block_size AS block_size, \
        p.parallelism AS parallelism
        """
    private static let byEmail = """
        SELECT \(UserStore.columns), \(columns) \
        FROM user_account u JOIN password p ON p.user_id = u.id \
        WHERE u.email_folded = ? ORDER BY u.id LIMIT ?
        """
    private static let byUser = """
        SELECT \(UserStore.columns), \(columns), \
        p.failures AS failures, p.locked_until AS locked_until \
        FROM password p JOIN user_account u ON u.id = p.user_id WHERE p.user_id = ?
        """

    /// The accounts with a password and this address, in whatever tenant.
    static func candidates(
        email folded: String, in transaction: any ReadTransaction
    ) throws -> [Candidate] {
        try transaction.rows(Self.byEmail, [folded, IdentityLimits.accountsPerAddressMax]).map {
            Candidate(user: try User($0), password: try PasswordHash($0))
        }
    }

    /// A user's password; `nil` when there is none.
    static func candidate(
        _ user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Candidate? {
        guard let row = try transaction.row(Self.byUser, [user.text]) else { return nil }
        return Candidate(user: try User(row), password: try PasswordHash(row))
    }

    /// The attempts at a user's password; `nil` when it is no longer this one.
    static func attempts(
        at candidate: Candidate, in transaction: any ReadTransaction
    ) throws(StorageError) -> PasswordAttempts? {
        guard let row = try transaction.row(Self.byUser, [candidate.user.id.text]),
            try PasswordHash(row) == candidate.password
        else { return nil }
        return PasswordAttempts(
            failures: try row.int("failures"),
            lockedUntil: try row.optionalInt64("locked_until"))
    }

    /// Takes note of attempts at a user's password.
    static func save(
        _ attempts: PasswordAttempts, of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE password SET failures = ?, locked_until = ? WHERE user_id = ?",
            [attempts.failures, attempts.lockedUntil, user.text])
    }

    /// Gives a user without a password one.
    static func insert(
        _ password: PasswordHash, of user: UserID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO password (user_id, salt, hash, rounds, block_size, parallelism, failures,
                changed_at)
            VALUES (?, ?, ?, ?, ?, ?, 0, ?)
            """,
            [
                user.text, password.salt, password.hash, password.work.rounds,
                password.work.blockSize, password.work.parallelism, now,
            ])
    }

    /// Removes a user's password; says how many rows went.
    static func delete(
        of user: UserID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM password WHERE user_id = ?", [user.text])
    }
}

extension PasswordHash {
    /// Reads the columns of a password.
    fileprivate init(_ row: SQLRow) throws(StorageError) {
        self.init(
            work: ScryptWork(
                rounds: try row.int("rounds"), blockSize: try row.int("block_size"),
                parallelism: try row.int("parallelism")),
            salt: try row.blob("salt"), hash: try row.blob("hash"))
    }
}
