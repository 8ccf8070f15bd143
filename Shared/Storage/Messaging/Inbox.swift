import Crypto

/// Remembers what was answered to a request, so that a repetition gets the same answer and no second
/// effect.
///
/// The record is written in the transaction of the effect. Records are kept for ever: they are
/// small, and a sender may retry after any time.
public struct Inbox: Sendable {
    /// Makes the table; part of the migrations of a service that receives.
    public static let migration = Migration(
        "inbox-1",
        [
            """
            CREATE TABLE inbox (
                sender TEXT NOT NULL,
                request TEXT NOT NULL,
                digest BLOB NOT NULL,
                answer BLOB NOT NULL,
                received_at INTEGER NOT NULL,
                PRIMARY KEY (sender, request)
            )
            """
        ])

    private let clock: any WallClock

    /// Makes an inbox; a service has one for its database.
    public init(clock: any WallClock = SystemWallClock()) {
        self.clock = clock
    }

    /// Carries out `effect` unless this request was carried out before, and answers what it
    /// answered then.
    ///
    /// - Parameters:
    ///   - request: the id the sender chose for the request and uses again when it repeats it.
    ///   - sender: who sent it; ids of different senders are different.
    ///   - content: the request itself, of which the SHA-256 is kept.
    ///   - effect: changes what is to be changed, in the same transaction, and encodes the answer.
    /// - Throws: ``StorageError/Code/conflict`` when the id was used before with other content, and
    ///   what `effect` throws, after which nothing is remembered.
    public func answer(
        to request: String, from sender: String, content: [UInt8],
        in transaction: any WriteTransaction, effect: () throws -> [UInt8]
    ) throws -> [UInt8] {
        let digest = Array(SHA256.hash(data: content))
        let known = try transaction.row(
            "SELECT digest, answer FROM inbox WHERE sender = ? AND request = ?", [sender, request])
        if let known {
            guard try known.blob("digest") == digest else {
                throw StorageError(
                    .conflict, "request \(request) of \(sender) came before with other content")
            }
            return try known.blob("answer")
        }
        let answer = try effect()
        try transaction.execute(
            """
            INSERT INTO inbox (sender, request, digest, answer, received_at)
            VALUES (?, ?, ?, ?, ?)
            """, [sender, request, digest, answer, self.clock.nowMilliseconds])
        return answer
    }
}
