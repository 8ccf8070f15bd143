import CBOR
import Crypto
public import RPC
import Synchronization

/// Keeps the answers to calls with an idempotency key in the service's database.
///
/// That a call is begun is committed before its handler runs. Its answer is committed when the
/// handler has returned, or by ``RPC/KeyedCall/store(_:in:)`` in the very transaction of the
/// effect. A process that ends in between leaves a call whose outcome is unknown, and which is not
/// carried out again unless its method is idempotent.
public final class StoredAnswers: AnswerStore {
    /// Makes the table; part of the migrations of a service that answers keyed calls.
    public static let migration = Migration(
        "stored-answers-1",
        [
            """
            CREATE TABLE stored_answer (
                caller TEXT NOT NULL,
                method TEXT NOT NULL,
                call_key TEXT NOT NULL,
                digest BLOB NOT NULL,
                reply BLOB,
                metadata BLOB,
                error BLOB,
                expires_at INTEGER NOT NULL,
                CHECK (reply IS NULL OR error IS NULL),
                PRIMARY KEY (caller, method, call_key)
            )
            """,
            "CREATE INDEX stored_answer_expiry ON stored_answer (expires_at)",
        ])

    private struct Usage {
        var answers: Int
        var bytes: Int
    }

    private let database: any Database
    private let clock: any WallClock
    private let limits: AnswerLimits
    /// What is kept, as last counted, and what was added since.
    private let usage: Mutex<Usage>

    /// Makes the store of a database that has been through ``migration``.
    ///
    /// - Throws: ``StorageError``.
    public init(
        database: any Database, clock: any WallClock = SystemWallClock(),
        limits: AnswerLimits = AnswerLimits()
    ) async throws {
        self.database = database
        self.clock = clock
        self.limits = limits
        self.usage = Mutex(try await Self.count(database))
    }

    public func begin(_ call: KeyedCallID, content: [UInt8]) async throws -> KeyedBeginning {
        let digest = Array(SHA256.hash(data: content))
        let now = self.clock.nowMilliseconds
        let expires = now + Int64(self.limits.keptSeconds) * 1000
        let isFull = self.usage.withLock {
            $0.answers >= self.limits.answersMax || $0.bytes >= self.limits.answersBytesMax
        }
        let beginning = try await self.database.write { transaction -> KeyedBeginning in
            if let known = try Self.known(call, digest, now: now, in: transaction) { return known }
            if isFull { return .full }
            try transaction.execute(
                """
                INSERT INTO stored_answer (caller, method, call_key, digest, expires_at)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (caller, method, call_key) DO UPDATE SET
                    digest = excluded.digest, expires_at = excluded.expires_at,
                    reply = NULL, metadata = NULL, error = NULL
                """, [call.caller, call.method, call.key, digest, expires])
            return .began
        }
        if beginning == .began { self.usage.withLock { $0.answers += 1 } }
        return beginning
    }

    public func finish(_ call: KeyedCallID, _ outcome: KeyedOutcome) async throws {
        switch outcome {
        case .unknown: return
        case .notCarriedOut:
            let count = try await self.database.write { transaction in
                try transaction.execute(
                    """
                    DELETE FROM stored_answer
                    WHERE caller = ? AND method = ? AND call_key = ?
                        AND reply IS NULL AND error IS NULL
                    """, [call.caller, call.method, call.key])
            }
            self.usage.withLock { $0.answers -= count }
        case .answered(let answer):
            let columns = try StoredColumns(answer)
            try await self.database.write { transaction in
                try Self.store(columns, of: call, in: transaction)
            }
            self.usage.withLock { $0.bytes += answer.byteCount }
        }
    }

    @discardableResult
    public func forgetExpired() async throws -> Int {
        let now = self.clock.nowMilliseconds
        var forgotten = 0
        while true {
            let count = try await self.database.write { transaction in
                try transaction.execute(
                    """
                    DELETE FROM stored_answer WHERE (caller, method, call_key) IN (
                        SELECT caller, method, call_key FROM stored_answer
                        WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
                    )
                    """, [now, self.limits.forgottenPerBatchMax])
            }
            forgotten += count
            if count < self.limits.forgottenPerBatchMax { break }
        }
        let counted = try await Self.count(self.database)
        self.usage.withLock { $0 = counted }
        return forgotten
    }

    /// Forgets expired calls again and again until cancelled; a failure is made good the next time.
    public func run() async throws {
        while !Task.isCancelled {
            _ = try? await self.forgetExpired()
            try await Task.sleep(for: .seconds(self.limits.sweepSeconds))
        }
    }
}

extension StoredAnswers {
    /// What is known of a call that was begun and has not expired.
    private static func known(
        _ call: KeyedCallID, _ digest: [UInt8], now: Int64, in transaction: any ReadTransaction
    ) throws -> KeyedBeginning? {
        let row = try transaction.row(
            """
            SELECT digest, reply, metadata, error FROM stored_answer
            WHERE caller = ? AND method = ? AND call_key = ? AND expires_at > ?
            """, [call.caller, call.method, call.key, now])
        guard let row else { return nil }
        guard try row.blob("digest") == digest else { return .otherContent }
        let columns = StoredColumns(
            reply: try row.optionalBlob("reply"), metadata: try row.optionalBlob("metadata"),
            error: try row.optionalBlob("error"))
        return try columns.answer().map { .answered($0) } ?? .unknown
    }

    /// Writes the answer of a call that was begun and has none yet; says whether it did.
    @discardableResult
    fileprivate static func store(
        _ columns: StoredColumns, of call: KeyedCallID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            """
            UPDATE stored_answer SET reply = ?, metadata = ?, error = ?
            WHERE caller = ? AND method = ? AND call_key = ? AND reply IS NULL AND error IS NULL
            """,
            [columns.reply, columns.metadata, columns.error, call.caller, call.method, call.key])
            == 1
    }

    private static func count(_ database: any Database) async throws -> Usage {
        try await database.read { transaction in
            let row = try transaction.row(
                """
                SELECT count(*) AS answers,
                    coalesce(sum(length(reply)), 0) + coalesce(sum(length(error)), 0) AS bytes
                FROM stored_answer
                """)
            return Usage(
                answers: try row?.int("answers") ?? 0, bytes: try row?.int("bytes") ?? 0)
        }
    }
}

extension KeyedCall {
    /// Stores the reply of the call in the transaction of its effect.
    ///
    /// Both become durable together or not at all, so that a crash leaves no unknown outcome. Take
    /// the call from `CallContext.current.keyedCall` before the transaction; call this last in it,
    /// with exactly what the handler returns. The caller is answered with this reply once the
    /// transaction is durable, whatever the handler does afterwards; nothing is said beside it.
    ///
    /// - Throws: ``StorageError/Code/conflict`` when the call has an answer already, or was never
    ///   begun in this database.
    public func store(
        _ reply: some Encodable, in transaction: any WriteTransaction
    ) throws {
        let bytes = try CBOREncoder().encode(reply)
        let columns = StoredColumns(reply: bytes, metadata: nil, error: nil)
        guard try StoredAnswers.store(columns, of: self.id, in: transaction) else {
            throw StorageError(.conflict, "the call has an answer already, or was never begun")
        }
        transaction.afterCommit { self.wasStored(bytes) }
    }
}
