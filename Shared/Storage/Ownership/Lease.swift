/// The right to work on something, for a time.
///
/// The time only makes overlap rare: a process may sleep through its expiry. What makes overlap
/// harmless is the fence, which grows each time the right changes hands: every effect carries it,
/// and the resource refuses one that is overtaken (``Leases/check(_:in:)``, ``FenceRegister``).
public struct Lease: Hashable, Sendable {
    /// What the right is to.
    public let name: String
    /// Who has it.
    public let owner: String
    /// The number of this acquisition, larger than all earlier ones of the same name.
    public let fence: Int64
    /// When it ends unless renewed, in milliseconds since 1970.
    public let expiresAt: Int64
}

/// The leases of one database.
public struct Leases: Sendable {
    /// Makes the table; part of the migrations of a service that hands out leases.
    public static let migration = Migration(
        "lease-1",
        [
            """
            CREATE TABLE lease (
                name TEXT PRIMARY KEY,
                owner TEXT NOT NULL,
                fence INTEGER NOT NULL CHECK (fence > 0),
                expires_at INTEGER NOT NULL
            )
            """
        ])

    private let clock: any WallClock

    /// Makes the leases; a service has one such value for its database.
    public init(clock: any WallClock = SystemWallClock()) {
        self.clock = clock
    }

    /// Takes a lease, with a new fence; `nil` while another owner holds it.
    ///
    /// An owner that asks again gets a new fence too: it may be a new process of the same name.
    public func acquire(
        _ name: String, owner: String, milliseconds: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) -> Lease? {
        let now = self.clock.nowMilliseconds
        let row = try transaction.row(
            """
            INSERT INTO lease (name, owner, fence, expires_at) VALUES (?, ?, 1, ?)
            ON CONFLICT (name) DO UPDATE SET
                owner = excluded.owner, fence = lease.fence + 1, expires_at = excluded.expires_at
            WHERE lease.expires_at <= ? OR lease.owner = excluded.owner
            RETURNING fence
            """, [name, owner, now + milliseconds, now])
        guard let row else { return nil }
        return Lease(
            name: name, owner: owner, fence: try row.int64("fence"), expiresAt: now + milliseconds)
    }

    /// Prolongs a lease that nobody has taken over, with the same fence.
    ///
    /// - Throws: ``StorageError/Code/fenced`` when somebody has.
    public func renew(
        _ lease: Lease, milliseconds: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) -> Lease {
        try self.end(lease, at: self.clock.nowMilliseconds + milliseconds, in: transaction)
    }

    /// Gives a lease up, so that another owner need not wait for its end.
    ///
    /// - Throws: ``StorageError/Code/fenced`` when somebody has taken it over.
    public func release(
        _ lease: Lease, in transaction: any WriteTransaction
    ) throws(StorageError) {
        // The row stays, so that the fence goes on growing.
        _ = try self.end(lease, at: 0, in: transaction)
    }

    /// Makes sure, in the transaction of an effect, that nobody has taken the lease over.
    ///
    /// - Throws: ``StorageError/Code/fenced`` when somebody has.
    public func check(
        _ lease: Lease, in transaction: any ReadTransaction
    ) throws(StorageError) {
        let row = try transaction.row("SELECT fence FROM lease WHERE name = ?", [lease.name])
        guard try row?.int64("fence") == lease.fence else { throw Self.fenced(lease) }
    }

    private func end(
        _ lease: Lease, at time: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) -> Lease {
        let changed = try transaction.execute(
            "UPDATE lease SET expires_at = ? WHERE name = ? AND fence = ?",
            [time, lease.name, lease.fence])
        guard changed == 1 else { throw Self.fenced(lease) }
        return Lease(name: lease.name, owner: lease.owner, fence: lease.fence, expiresAt: time)
    }

    private static func fenced(_ lease: Lease) -> StorageError {
        StorageError(
            .fenced, "lease \(lease.name) is no longer \(lease.owner)'s with fence \(lease.fence)")
    }
}
