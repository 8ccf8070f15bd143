/// Messages that are sent if and only if the transaction that wrote them commits.
///
/// The rows are the queue: there is no other. ``OutboxRelay`` sends them and removes each only after
/// its destination has acknowledged it durably, so a message arrives at least once and receivers
/// recognise repetitions (``Inbox``, or the epoch).
public struct Outbox: Sendable {
    /// Makes the table; part of the migrations of a service that sends.
    public static let migration = Migration(
        "outbox-1",
        [
            """
            CREATE TABLE outbox (
                sequence SERIAL_KEY,
                destination TEXT NOT NULL,
                message_key TEXT NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 0),
                kind TEXT NOT NULL,
                payload BLOB NOT NULL,
                enqueued_at INTEGER NOT NULL,
                next_attempt_at INTEGER NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
                last_error TEXT,
                UNIQUE (destination, message_key)
            )
            """,
            "CREATE INDEX outbox_due ON outbox (destination, next_attempt_at, sequence)",
            "CREATE INDEX outbox_next ON outbox (next_attempt_at)",
            "CREATE INDEX outbox_key ON outbox (message_key)",
        ])

    /// Where ``OutboxRelay`` waits.
    let signal = WakeSignal()
    private let clock: any WallClock

    /// Makes an outbox; a service has one for its database.
    public init(clock: any WallClock = SystemWallClock()) {
        self.clock = clock
    }

    /// Puts a message into the outbox, to be sent once the transaction has committed.
    ///
    /// Replaces a waiting message to the same destination with the same key and a lower epoch. A
    /// message older than the one that waits is dropped, one equal to it changes nothing.
    ///
    /// - Parameter delayMilliseconds: How long it waits in any case: for a sender that delivers the
    ///   message itself once it has committed, and needs the outbox only if it cannot.
    /// - Returns: whether the message now waits to be sent because of this call.
    /// - Throws: ``StorageError/Code/conflict`` when a different message of the same epoch waits.
    @discardableResult
    public func enqueue(
        _ message: OutboxMessage, delayMilliseconds: Int64 = 0,
        in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        let now = self.clock.nowMilliseconds
        let written = try transaction.execute(
            """
            INSERT INTO outbox (
                destination, message_key, epoch, kind, payload, enqueued_at, next_attempt_at
            ) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (destination, message_key) DO UPDATE SET
                epoch = excluded.epoch, kind = excluded.kind, payload = excluded.payload,
                enqueued_at = excluded.enqueued_at, next_attempt_at = excluded.next_attempt_at,
                attempts = 0, last_error = NULL
            WHERE excluded.epoch > outbox.epoch
            """,
            [
                message.destination, message.key, message.epoch, message.kind, message.payload,
                now, now + delayMilliseconds,
            ])
        guard written == 0 else {
            transaction.afterCommit { self.signal.wake() }
            return true
        }
        let waiting = try transaction.row(
            """
            SELECT \(OutboxEntry.columns) FROM outbox WHERE destination = ? AND message_key = ?
            """, [message.destination, message.key])
        if let waiting = try waiting.map(OutboxEntry.init)?.message,
            waiting.epoch == message.epoch, waiting != message
        {
            throw StorageError(
                .conflict,
                "another \(waiting.kind) with epoch \(waiting.epoch) waits for "
                    + message.destination)
        }
        return false
    }

    /// The messages about `key` that have not been acknowledged, by destination.
    ///
    /// For telling people what something waits for.
    public func waiting(
        about key: String, in transaction: any ReadTransaction
    ) throws(StorageError) -> [OutboxEntry] {
        var entries: [OutboxEntry] = []
        for row in try transaction.rows(
            """
            SELECT \(OutboxEntry.columns) FROM outbox WHERE message_key = ? ORDER BY destination
            """, [key])
        {
            entries.append(try OutboxEntry(row))
        }
        return entries
    }
}

extension Outbox {
    /// The destinations something waits for.
    func destinations(in transaction: any ReadTransaction) throws(StorageError) -> [String] {
        var found: [String] = []
        // One step through the index a destination, however many messages each has.
        while let row = try transaction.row(
            "SELECT destination FROM outbox WHERE destination > ? ORDER BY destination LIMIT 1",
            [found.last ?? ""])
        {
            found.append(try row.text("destination"))
        }
        return found
    }

    /// The messages for a destination that are due, those due first first.
    func due(
        for destination: String, now: Int64, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [OutboxEntry] {
        var entries: [OutboxEntry] = []
        for row in try transaction.rows(
            """
            SELECT \(OutboxEntry.columns) FROM outbox
            WHERE destination = ? AND next_attempt_at <= ?
            ORDER BY next_attempt_at, sequence LIMIT ?
            """, [destination, now, max])
        {
            entries.append(try OutboxEntry(row))
        }
        return entries
    }

    /// When the next message is due, in milliseconds since 1970; `nil` when none waits.
    func nextDue(
        after now: Int64, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int64? {
        try transaction.row(
            """
            SELECT next_attempt_at FROM outbox WHERE next_attempt_at > ?
            ORDER BY next_attempt_at LIMIT 1
            """, [now])?.int64("next_attempt_at")
    }

    /// Whether a message waits for longer than any failure makes one wait: the time of day was set
    /// back since.
    func isWaiting(
        beyond time: Int64, in transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row(
            "SELECT sequence FROM outbox WHERE next_attempt_at > ? LIMIT 1", [time]) != nil
    }

    /// Makes messages that wait beyond `time` due now.
    func hasten(
        beyond time: Int64, now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE outbox SET next_attempt_at = ? WHERE next_attempt_at > ?", [now, time])
    }

    /// Removes a message its destination has acknowledged, unless a newer one took its place.
    func remove(
        _ entry: OutboxEntry, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM outbox WHERE sequence = ? AND epoch = ?",
            [entry.sequence, entry.message.epoch])
    }

    /// Puts a message off after a failure, unless a newer one took its place.
    func putOff(
        _ entry: OutboxEntry, until time: Int64, error: String,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, last_error = ?
            WHERE sequence = ? AND epoch = ?
            """, [time, error, entry.sequence, entry.message.epoch])
    }
}
