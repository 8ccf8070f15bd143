import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// Where a tenant's own systems are told of events.
struct WebhookEndpoint: Hashable, Sendable {
    var id: WebhookID
    var tenant: TenantID
    var url: String
    /// The names of the events it is told of; empty means all.
    var events: [String]
    var isEnabled: Bool
    var secret: [UInt8]
    /// When it was made, in milliseconds since 1970.
    var createdAt: Int64

    static let columns = "id, tenant_id, url, events, is_enabled, secret, created_at"

    init(
        id: WebhookID, tenant: TenantID, url: String, events: [String], secret: [UInt8],
        createdAt: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.url = url
        self.events = events
        self.isEnabled = true
        self.secret = secret
        self.createdAt = createdAt
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.tenant = try row.identifier("tenant_id")
        self.url = try row.text("url")
        self.events = RoleText.names(try row.text("events"))
        self.isEnabled = try row.bool("is_enabled")
        self.secret = try row.blob("secret")
        self.createdAt = try row.int64("created_at")
    }

    /// Whether it is to be told.
    func wants(_ event: WebhookEvent) -> Bool {
        self.isEnabled && (self.events.isEmpty || self.events.contains(event.rawValue))
    }
}

/// The table `webhook_endpoint`.
enum WebhookStore {
    static func insert(
        _ endpoint: WebhookEndpoint, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO webhook_endpoint (\(WebhookEndpoint.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                endpoint.id, endpoint.tenant, endpoint.url, RoleText.text(endpoint.events),
                endpoint.isEnabled, endpoint.secret, endpoint.createdAt,
            ])
    }

    static func update(
        _ endpoint: WebhookEndpoint, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE webhook_endpoint SET url = ?, events = ?, is_enabled = ? WHERE id = ?",
            [endpoint.url, RoleText.text(endpoint.events), endpoint.isEnabled, endpoint.id])
    }

    static func find(
        _ id: WebhookID, in transaction: any ReadTransaction
    ) throws(StorageError) -> WebhookEndpoint? {
        try transaction.row(
            "SELECT \(WebhookEndpoint.columns) FROM webhook_endpoint WHERE id = ?", [id]
        ).map(WebhookEndpoint.init)
    }

    static func list(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> [WebhookEndpoint] {
        var endpoints: [WebhookEndpoint] = []
        for row in try transaction.rows(
            """
            SELECT \(WebhookEndpoint.columns) FROM webhook_endpoint WHERE tenant_id = ?
            ORDER BY id
            """, [tenant])
        {
            endpoints.append(try WebhookEndpoint(row))
        }
        return endpoints
    }

    static func delete(
        _ id: WebhookID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM webhook_delivery WHERE endpoint_id = ?", [id])
        try transaction.execute("DELETE FROM webhook_endpoint WHERE id = ?", [id])
    }
}
