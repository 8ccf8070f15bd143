import CBOR
import Crypto
import DeletionOrchestratorDomain
import Identifiers
import Storage

/// A deletion's transitions, each bound to the one before by its hash, so that none can be changed
/// or left out unnoticed.
enum EventChain {
    /// A transition.
    struct Event: Hashable, Sendable {
        var number: Int
        var at: Int64
        var from: DeletionState?
        var to: DeletionState
        var previous: [UInt8]
        var hash: [UInt8]
    }

    /// What is hashed: SHA-256 of this as deterministic CBOR.
    private struct Content: Encodable {
        var operation: OperationID
        var number: Int
        var at: Int64
        var from: String?
        var to: String
        var previous: [UInt8]

        enum CodingKeys: Int, CodingKey {
            case operation = 1
            case number = 2
            case at = 3
            case from = 4
            case to = 5
            case previous = 6
        }
    }

    private static let origin = [UInt8](repeating: 0, count: 32)

    static func append(
        _ operation: OperationID, from: DeletionState?, to: DeletionState, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        let last = try transaction.row(
            """
            SELECT number, hash FROM job_event WHERE operation_id = ?
            ORDER BY number DESC LIMIT 1
            """, [operation.text])
        let number = try last.map { try $0.int("number") + 1 } ?? 0
        let previous = try last?.blob("hash") ?? Self.origin
        let hash = try Self.hash(
            operation, number: number, at: now, from: from, to: to, previous: previous)
        try transaction.execute(
            """
            INSERT INTO job_event
                (operation_id, number, at, from_state, to_state, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [operation.text, number, now, from?.rawValue, to.rawValue, previous, hash])
    }

    /// The transitions of a deletion in order.
    ///
    /// - Throws: `StorageError` `corrupt` when one was changed or is missing.
    static func read(
        _ operation: OperationID, in transaction: any ReadTransaction
    ) throws -> [Event] {
        let events = try transaction.rows(
            """
            SELECT number, at, from_state, to_state, previous, hash FROM job_event
            WHERE operation_id = ? ORDER BY number
            """, [operation.text]
        ).map { row in
            Event(
                number: try row.int("number"), at: try row.int64("at"),
                from: try row.optionalText("from_state").flatMap { DeletionState(rawValue: $0) },
                to: try row.word("to_state"), previous: try row.blob("previous"),
                hash: try row.blob("hash"))
        }
        var previous = Self.origin
        for (number, event) in events.enumerated() {
            let hash = try Self.hash(
                operation, number: number, at: event.at, from: event.from, to: event.to,
                previous: previous)
            guard event.number == number, event.previous == previous, event.hash == hash else {
                throw StorageError(.corrupt, "the chain of job_event is broken at \(number)")
            }
            previous = hash
        }
        return events
    }

    private static func hash(
        _ operation: OperationID, number: Int, at: Int64, from: DeletionState?,
        to: DeletionState, previous: [UInt8]
    ) throws -> [UInt8] {
        let content = Content(
            operation: operation, number: number, at: at, from: from?.rawValue, to: to.rawValue,
            previous: previous)
        return Array(SHA256.hash(data: try CBOREncoder().encode(content)))
    }
}
