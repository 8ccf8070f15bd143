import ContractsDomain
import Identifiers
import JSONAPI
import Storage

extension ContractsService {
    /// Has every endpoint of the tenant that wants it told of an event, once the transaction has
    /// committed.
    func announce(
        _ action: String, of contract: ContractID, _ tenant: TenantID, subject: UserID?,
        before: JSON, after: JSON, in transaction: any WriteTransaction
    ) throws {
        guard let event = WebhookEvent(action: action) else { return }
        let endpoints = try WebhookStore.list(of: tenant, in: transaction)
        guard endpoints.contains(where: { $0.wants(event) }) else { return }
        let now = self.clock.nowMilliseconds
        let body: JSON = [
            "type": .string(event.rawValue), "timestamp": .time(now),
            "data": [
                "contract": .string(contract.text), "user": .optional(subject?.text),
                "before": before, "after": after,
            ],
        ]
        for endpoint in endpoints where endpoint.wants(event) {
            let delivery = WebhookDelivery(
                id: self.newID(), endpoint: endpoint.id, event: event.rawValue, body: body.text,
                createdAt: now)
            try WebhookDeliveryStore.insert(delivery, in: transaction)
            try self.outbox.enqueue(
                OutboxMessage(
                    destination: "\(Self.webhookDestination)\(endpoint.id)", key: delivery.id.text,
                    epoch: 0, kind: "Webhook", payload: []),
                in: transaction)
        }
    }

    /// How the destinations of webhooks begin; each endpoint is one, and holds up no other.
    static let webhookDestination = "webhook/"

    /// Makes one attempt to deliver a webhook.
    ///
    /// - Throws: ``WebhookFailure`` when it is to be tried again.
    func deliverWebhook(_ id: WebhookDeliveryID) async throws {
        let now = self.clock.nowMilliseconds
        let found = try await self.database.read { transaction in
            let delivery = try WebhookDeliveryStore.find(id, in: transaction)
            return try delivery.flatMap { delivery in
                try WebhookStore.find(delivery.endpoint, in: transaction).map { (delivery, $0) }
            }
        }
        guard var (delivery, endpoint) = found, delivery.state == .pending else { return }
        if !endpoint.isEnabled || now - delivery.createdAt > self.limits.webhookMillisecondsMax {
            delivery.error = endpoint.isEnabled ? "given up" : "the endpoint is disabled"
            return try await self.close(delivery, .failed)
        }
        delivery.attempts += 1
        delivery.attemptedAt = now
        delivery.status = nil
        delivery.error = nil
        let fields = WebhookSecret(endpoint.secret).fields(
            id: id.text, at: now, body: delivery.body)
        do {
            delivery.status = try await self.webhooks.post(
                delivery.body, to: endpoint.url,
                fields: [("content-type", "application/json")] + fields)
        } catch let failure as WebhookFailure {
            delivery.error = failure.description
        }
        switch delivery.status {
        case let status? where (200..<300).contains(status):
            try await self.close(delivery, .delivered)
        case 410:
            endpoint.isEnabled = false
            let gone = endpoint
            try await self.database.write { try WebhookStore.update(gone, in: $0) }
            try await self.close(delivery, .failed)
        default:
            let kept = delivery
            try await self.database.write { try WebhookDeliveryStore.update(kept, in: $0) }
            throw WebhookFailure(
                description: kept.error ?? "the endpoint answered \(kept.status ?? 0)")
        }
    }

    /// Ends a delivery; what was said in it is forgotten, as people stand in it.
    private func close(_ delivery: WebhookDelivery, _ state: WebhookDelivery.State) async throws {
        var closed = delivery
        closed.state = state
        closed.body = ""
        let row = closed
        try await self.database.write { try WebhookDeliveryStore.update(row, in: $0) }
    }
}

// MARK: Endpoints

/// What of an endpoint is to change.
struct WebhookChange: Sendable {
    var url: String?
    var events: [String]?
    var isEnabled: Bool?
}

extension ContractsService {
    /// The tenant's endpoints.
    func listWebhooks(for caller: Caller) async throws -> [WebhookEndpoint] {
        try caller.requireTenantAdmin()
        return try await self.database.read { transaction in
            try WebhookStore.list(of: caller.actor.tenant, in: transaction)
        }
    }

    /// An endpoint of the tenant.
    func webhook(_ id: WebhookID, for caller: Caller) async throws -> WebhookEndpoint {
        try await self.database.read { try caller.webhook(id, in: $0) }
    }

    /// Makes an endpoint; its secret is in what is returned, and told nowhere later.
    func createWebhook(
        _ url: String, events: [String], by caller: Caller
    ) async throws -> WebhookEndpoint {
        try caller.requireTenantAdmin()
        let endpoint = WebhookEndpoint(
            id: self.newID(), tenant: caller.actor.tenant, url: url, events: events,
            secret: WebhookSecret().bytes, createdAt: self.clock.nowMilliseconds)
        try await self.database.write { transaction in
            try ReleasedTenantStore.check(caller.actor.tenant, in: transaction)
            let known = try WebhookStore.list(of: caller.actor.tenant, in: transaction)
            guard known.count < ContractsLimits.webhooksMax else { throw Refusal.tooManyWebhooks }
            try WebhookStore.insert(endpoint, in: transaction)
        }
        return endpoint
    }

    /// Changes an endpoint.
    func updateWebhook(
        _ id: WebhookID, _ change: WebhookChange, by caller: Caller
    ) async throws -> WebhookEndpoint {
        try await self.database.write { transaction in
            var endpoint = try caller.webhook(id, in: transaction)
            endpoint.url = change.url ?? endpoint.url
            endpoint.events = change.events ?? endpoint.events
            endpoint.isEnabled = change.isEnabled ?? endpoint.isEnabled
            try WebhookStore.update(endpoint, in: transaction)
            return endpoint
        }
    }

    /// Removes an endpoint with its log; what waits for it is not sent any more.
    func deleteWebhook(_ id: WebhookID, by caller: Caller) async throws {
        try await self.database.write { transaction in
            _ = try caller.webhook(id, in: transaction)
            try WebhookStore.delete(id, in: transaction)
        }
    }

    /// What was sent to an endpoint, the newest first.
    func listWebhookDeliveries(
        of id: WebhookID, _ page: Page, for caller: Caller
    ) async throws -> (deliveries: [WebhookDelivery], total: Int) {
        try await self.database.read { transaction in
            _ = try caller.webhook(id, in: transaction)
            return try WebhookDeliveryStore.page(of: id, page, in: transaction)
        }
    }
}

extension Caller {
    /// The endpoint, if it is of a tenant that the caller administers.
    fileprivate func webhook(
        _ id: WebhookID, in transaction: any ReadTransaction
    ) throws -> WebhookEndpoint {
        try self.requireTenantAdmin()
        guard let endpoint = try WebhookStore.find(id, in: transaction),
            endpoint.tenant == self.actor.tenant
        else { throw Refusal.webhookNotFound }
        return endpoint
    }
}
