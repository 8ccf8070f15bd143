import Identifiers
import JSONAPI
import Storage

/// A message to an endpoint and what became of it.
struct WebhookDelivery: Hashable, Sendable {
    /// How far it is.
    enum State: String {
        /// It is sent until it is answered with 2xx.
        case pending
        /// It was.
        case delivered
        /// It was given up.
        case failed
    }

    var id: WebhookDeliveryID
    var endpoint: WebhookID
    var event: String
    var state: State
    var attempts: Int
    /// The status last answered.
    var status: Int?
    /// What last went wrong.
    var error: String?
    var createdAt: Int64
    var attemptedAt: Int64?
    /// The message; empty once it is delivered or given up.
    var body: String

    static let columns = """
        id, endpoint_id, event, state, attempts, last_status, last_error, created_at,
        attempted_at, body
        """

    init(
        id: WebhookDeliveryID, endpoint: WebhookID, event: String, body: String, createdAt: Int64
    ) {
        self.id = id
        self.endpoint = endpoint
        self.event = event
        self.state = .pending
        self.attempts = 0
        self.createdAt = createdAt
        self.body = body
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.endpoint = try row.identifier("endpoint_id")
        self.event = try row.text("event")
        guard let state = State(rawValue: try row.text("state")) else {
            throw StorageError(.corrupt, "a delivery in no state")
        }
        self.state = state
        self.attempts = try row.int("attempts")
        self.status = try row.optionalInt64("last_status").map { Int($0) }
        self.error = try row.optionalText("last_error")
        self.createdAt = try row.int64("created_at")
        self.attemptedAt = try row.optionalInt64("attempted_at")
        self.body = try row.text("body")
    }
}

/// The table `webhook_delivery`: what was sent to endpoints, for a while.
enum WebhookDeliveryStore {
    static func insert(
        _ delivery: WebhookDelivery, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO webhook_delivery (
                id, endpoint_id, event, state, attempts, created_at, body
            ) VALUES (?, ?, ?, ?, 0, ?, ?)
            """,
            [
                delivery.id, delivery.endpoint, delivery.event, delivery.state.rawValue,
                delivery.createdAt, delivery.body,
            ])
    }

    static func find(
        _ id: WebhookDeliveryID, in transaction: any ReadTransaction
    ) throws(StorageError) -> WebhookDelivery? {
        try transaction.row(
            "SELECT \(WebhookDelivery.columns) FROM webhook_delivery WHERE id = ?", [id]
        ).map(WebhookDelivery.init)
    }

    static func update(
        _ delivery: WebhookDelivery, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE webhook_delivery SET state = ?, attempts = ?, last_status = ?, last_error = ?,
                attempted_at = ?, body = ?
            WHERE id = ?
            """,
            [
                delivery.state.rawValue, delivery.attempts, delivery.status, delivery.error,
                delivery.attemptedAt, delivery.body, delivery.id,
            ])
    }

    /// A page of an endpoint's deliveries, the newest first, and how many there are.
    static func page(
        of endpoint: WebhookID, _ page: Page, in transaction: any ReadTransaction
    ) throws(StorageError) -> (deliveries: [WebhookDelivery], total: Int) {
        var deliveries: [WebhookDelivery] = []
        for row in try transaction.rows(
            """
            SELECT \(WebhookDelivery.columns) FROM webhook_delivery WHERE endpoint_id = ?
            ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?
            """, [endpoint, page.size, page.offset])
        {
            deliveries.append(try WebhookDelivery(row))
        }
        let total = try transaction.row(
            "SELECT count(*) AS total FROM webhook_delivery WHERE endpoint_id = ?", [endpoint])
        return (deliveries, try total?.int("total") ?? 0)
    }

    /// Forgets deliveries that are over and older than a time.
    static func forget(
        madeBefore time: Int64, max: Int, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            DELETE FROM webhook_delivery WHERE id IN (
                SELECT id FROM webhook_delivery WHERE state <> 'pending' AND created_at < ?
                ORDER BY created_at LIMIT ?
            )
            """, [time, max])
    }
}
