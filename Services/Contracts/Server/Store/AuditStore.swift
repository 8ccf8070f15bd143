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
        /// The seal of whom it was done to, which `change` holds, and the user.
        var subject: (seal: PersonSeal, user: UserID)?
    }

    /// Which events are asked for; what is `nil` does not matter.
    struct Filter: Hashable, Sendable {
        var action: String?
        var actor: UserID?
        var since: Int64?
        var until: Int64?

        /// Whether every event is asked for.
        var isEmpty: Bool { self == Filter() }

        fileprivate static let condition = """
            audit_event.contract_id = ?
                AND (? IS NULL OR audit_event.action = ?)
                AND (? IS NULL OR author.user_id = ?)
                AND (? IS NULL OR audit_event.at >= ?)
                AND (? IS NULL OR audit_event.at <= ?)
            """

        fileprivate func arguments(_ contract: ContractID) -> [any SQLConvertible] {
            [
                contract, self.action, self.action, self.actor, self.actor, self.since,
                self.since, self.until, self.until,
            ]
        }
    }

    static func append(
        _ entry: Entry, in transaction: any WriteTransaction
    ) throws(StorageError) {
        let last = try self.last(of: entry.contract, in: transaction)
        let number = (last?.number ?? 0) + 1
        let previousHash = last?.hash ?? AuditEvent.noHash
        var author = entry.author
        var openings: [(AuditPersonStore.Part, AuditPersonStore.Opening)] = []
        if let user = author.user {
            let seal = PersonSeal([author.actor, author.requestID])
            openings.append(
                (.author, .init(user: user, requestID: author.requestID, salt: seal.salt)))
            author = AuditEvent.Author(actor: seal.text, requestID: "")
        }
        if let (seal, user) = entry.subject {
            openings.append((.subject, .init(user: user, requestID: "", salt: seal.salt)))
        }
        let event = AuditEvent(
            contract: entry.contract, number: number, tenant: entry.tenant, at: entry.at,
            author: author, action: entry.action, change: entry.change)
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
        for (part, opening) in openings {
            try AuditPersonStore.insert(
                opening, part, of: entry.contract, number, in: transaction)
        }
    }

    /// Where a trail ends, and whose it is; `nil` when there is none.
    static func last(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> (number: Int64, hash: [UInt8], tenant: TenantID)? {
        let row = try transaction.row(
            """
            SELECT number, hash, tenant_id FROM audit_event WHERE contract_id = ?
            ORDER BY number DESC LIMIT 1
            """, [contract])
        guard let row else { return nil }
        return (try row.int64("number"), try row.blob("hash"), try row.identifier("tenant_id"))
    }

    /// Events in their order, from behind a number on.
    static func list(
        of contract: ContractID, _ filter: Filter = Filter(), after number: Int64 = 0,
        offset: Int = 0, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for row in try transaction.rows(
            """
            SELECT audit_event.contract_id, audit_event.number, audit_event.tenant_id,
                audit_event.at, audit_event.actor, audit_event.request_id, audit_event.action,
                audit_event.change, audit_event.previous_hash, audit_event.hash,
                author.user_id AS author_id, author.request_id AS author_request_id,
                author.salt AS author_salt, subject.user_id AS subject_id,
                subject.request_id AS subject_request_id, subject.salt AS subject_salt
            FROM audit_event
            LEFT JOIN audit_person AS author
                ON author.contract_id = audit_event.contract_id
                AND author.number = audit_event.number AND author.part = 'author'
            LEFT JOIN audit_person AS subject
                ON subject.contract_id = audit_event.contract_id
                AND subject.number = audit_event.number AND subject.part = 'subject'
            WHERE \(Filter.condition) AND audit_event.number > ?
            ORDER BY audit_event.number LIMIT ? OFFSET ?
            """, filter.arguments(contract) + [number, max, offset])
        {
            entries.append(try self.entry(row))
        }
        return entries
    }

    /// How many events there are.
    static func count(
        of contract: ContractID, _ filter: Filter, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            """
            SELECT count(*) AS total FROM audit_event
            LEFT JOIN audit_person AS author
                ON author.contract_id = audit_event.contract_id
                AND author.number = audit_event.number AND author.part = 'author'
            WHERE \(Filter.condition)
            """, filter.arguments(contract))?.int("total") ?? 0
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
        for entry in try self.list(of: contract, max: .max, in: transaction) {
            guard entry.event.number == Int64(events.count) + 1,
                entry.previousHash == previousHash,
                entry.hash == self.hash(entry.event, after: previousHash)
            else {
                throw StorageError(
                    .corrupt, "audit event \(entry.event.number) of \(contract) does not follow")
            }
            previousHash = entry.hash
            events.append(entry.event)
        }
        return events
    }

    private static func entry(_ row: SQLRow) throws(StorageError) -> AuditEntry {
        AuditEntry(
            event: AuditEvent(
                contract: try row.identifier("contract_id"), number: try row.int64("number"),
                tenant: try row.identifier("tenant_id"), at: try row.int64("at"),
                author: .init(
                    actor: try row.text("actor"), requestID: try row.text("request_id")),
                action: try row.text("action"), change: try row.text("change")),
            previousHash: try row.blob("previous_hash"), hash: try row.blob("hash"),
            author: try AuditPersonStore.opening(.author, of: row),
            subject: try AuditPersonStore.opening(.subject, of: row))
    }

    private static func hash(_ event: AuditEvent, after previousHash: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: event.bytes(after: previousHash)))
    }
}
