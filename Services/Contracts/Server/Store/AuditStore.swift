import ContractsDomain
import Crypto
import Identifiers
import Storage

/// The table `audit_event`: for each contract a chain of events that only grows.
enum AuditStore {
    /// What was done, before it has a number.
    struct Entry {
        var contract: ContractID
        var tenant: TenantID
        var at: Int64
        var author: AuditEvent.Author
        var action: String
        var change: String
    }

    static func append(
        _ entry: Entry, in transaction: any WriteTransaction
    ) throws(StorageError) {
        let last = try transaction.row(
            """
            SELECT number, hash FROM audit_event WHERE contract_id = ?
            ORDER BY number DESC LIMIT 1
            """, [entry.contract])
        let previousHash = try last?.blob("hash") ?? AuditEvent.noHash
        let event = AuditEvent(
            contract: entry.contract, number: try (last?.int64("number") ?? 0) + 1,
            tenant: entry.tenant, at: entry.at, author: entry.author, action: entry.action,
            change: entry.change)
        try transaction.execute(
            """
            INSERT INTO audit_event (
                contract_id, number, tenant_id, at, actor, request_id, action, change,
                previous_hash, hash
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.contract, event.number, event.tenant, event.at, event.author.actor,
                event.author.requestID, event.action, event.change, previousHash,
                self.hash(event, after: previousHash),
            ])
    }

    /// The events of a contract from the first on, checked.
    ///
    /// - Throws: `corrupt` at the first event whose number or hash does not follow from the event
    ///   before it.
    static func verifiedEvents(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> [AuditEvent] {
        var events: [AuditEvent] = []
        var previousHash = AuditEvent.noHash
        for row in try transaction.rows(
            """
            SELECT contract_id, number, tenant_id, at, actor, request_id, action, change,
                previous_hash, hash
            FROM audit_event WHERE contract_id = ? ORDER BY number
            """, [contract])
        {
            let event = AuditEvent(
                contract: try row.identifier("contract_id"), number: try row.int64("number"),
                tenant: try row.identifier("tenant_id"), at: try row.int64("at"),
                author: .init(
                    actor: try row.text("actor"), requestID: try row.text("request_id")),
                action: try row.text("action"), change: try row.text("change"))
            guard event.number == Int64(events.count) + 1,
                try row.blob("previous_hash") == previousHash,
                try row.blob("hash") == self.hash(event, after: previousHash)
            else {
                throw StorageError(
                    .corrupt, "audit event \(event.number) of \(contract) does not follow")
            }
            previousHash = try row.blob("hash")
            events.append(event)
        }
        return events
    }

    private static func hash(_ event: AuditEvent, after previousHash: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: event.bytes(after: previousHash)))
    }
}
