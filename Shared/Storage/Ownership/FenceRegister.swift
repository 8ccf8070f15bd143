/// The highest fence seen of each holder of a right that is handed out elsewhere.
///
/// For the side that carries effects out: it refuses those of a holder that has been overtaken, such
/// as a call of a peer's earlier process (``Database/instanceFence``) that the network held back.
public struct FenceRegister: Sendable {
    /// Makes the table; part of the migrations of a service that carries effects out for others.
    public static let migration = Migration(
        "fence-1",
        [
            """
            CREATE TABLE fence_seen (
                holder TEXT PRIMARY KEY,
                fence INTEGER NOT NULL
            )
            """
        ])

    /// Makes the register; a service has one for its database.
    public init() {}

    /// Lets an effect through, in its own transaction, and remembers the fence it came with.
    ///
    /// - Throws: ``StorageError/Code/fenced`` when a higher fence was seen before.
    public func admit(
        _ holder: String, fence: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        let row = try transaction.row("SELECT fence FROM fence_seen WHERE holder = ?", [holder])
        let seen = try row?.int64("fence")
        if seen == fence { return }
        if let seen, seen > fence {
            throw StorageError(.fenced, "\(holder) came with fence \(fence) after \(seen)")
        }
        try transaction.execute(
            """
            INSERT INTO fence_seen (holder, fence) VALUES (?, ?)
            ON CONFLICT (holder) DO UPDATE SET fence = excluded.fence
            """, [holder, fence])
    }
}
