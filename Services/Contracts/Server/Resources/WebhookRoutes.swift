import ContractsDomain
import Foundation
import Identifiers
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The endpoints of the tenant's own systems.
    func addWebhookRoutes(to table: inout PublicTable) {
        let path: PathTemplate = "/v2/webhooks/{webhook_id}"
        table.on(
            .listWebhooks, .get, "/v2/webhooks", "List the tenant's webhook endpoints",
            answer: .init(200, "The endpoints.", .collection("webhook"))
        ) { request in
            let endpoints = try await self.listWebhooks(for: self.caller(request))
            return .document(Document(endpoints.map(\.resource), selfLink: "/v2/webhooks"))
        }
        table.on(
            .createWebhook, .post, "/v2/webhooks", "Add a webhook endpoint",
            body: .json(ContractSchemas.webhook),
            answer: .init(
                200, "The endpoint, with its secret: shown this once.", .document("webhook"))
        ) { try await self.postWebhook($0) }
        table.on(
            .getWebhook, .get, path, "Get a webhook endpoint",
            answer: .init(200, "The endpoint.", .document("webhook"))
        ) { request in
            let endpoint = try await self.webhook(
                request.identifier("webhook_id", "Webhook"), for: self.caller(request))
            return .document(Document(endpoint.resource))
        }
        table.on(
            .updateWebhook, .patch, path, "Change a webhook endpoint",
            body: .json(ContractSchemas.webhookChange),
            answer: .init(200, "The endpoint.", .document("webhook"))
        ) { try await self.patchWebhook($0) }
        table.on(
            .deleteWebhook, .delete, path, "Remove a webhook endpoint and its log",
            answer: .init(204, "It is told nothing any more.")
        ) { request in
            try await self.deleteWebhook(
                request.identifier("webhook_id", "Webhook"), by: self.caller(request))
            return .empty(204)
        }
        table.on(
            .listWebhookDeliveries, .get, "/v2/webhooks/{webhook_id}/deliveries",
            "List what was sent to a webhook endpoint, the newest first",
            query: QueryParameter.page(),
            answer: .init(200, "A page of the log.", .collection("webhook-delivery"))
        ) { request in
            let page = request.query.page
            let (deliveries, total) = try await self.listWebhookDeliveries(
                of: request.identifier("webhook_id", "Webhook"), page, for: self.caller(request))
            return .document(Document(deliveries.map(\.resource), page: page, total: total))
        }
    }

    private func postWebhook(_ request: PublicRequest) async throws -> PublicResponse {
        let attributes = try request.resource().attributes
        let endpoint = try await self.createWebhook(
            attributes.string("url"), events: attributes.optionalStrings("events") ?? [],
            by: self.caller(request))
        var resource = endpoint.resource
        resource.attributes["secret"] = .string(WebhookSecret(endpoint.secret).text)
        return .document(Document(resource))
    }

    private func patchWebhook(_ request: PublicRequest) async throws -> PublicResponse {
        let id: WebhookID = try request.identifier("webhook_id", "Webhook")
        let body = try request.resource()
        try body.checkID(id.text)
        let change = WebhookChange(
            url: try body.attributes.optionalString("url"),
            events: try body.attributes.optionalStrings("events"),
            isEnabled: try body.attributes.optionalBool("enabled"))
        let endpoint = try await self.updateWebhook(id, change, by: self.caller(request))
        return .document(Document(endpoint.resource))
    }
}

extension ContractSchemas {
    private static let webhookURL = Schema.text(
        TextRule("a URL that begins with https:// or http://", lengths: 8...2_048, format: "uri") {
            guard let url = URL(string: $0), let scheme = url.scheme, let host = url.host() else {
                return false
            }
            return ["http", "https"].contains(scheme) && !host.isEmpty && url.user() == nil
                && url.password() == nil && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        })

    private static let webhookEvents = Schema.array(
        .choice(WebhookEvent.allCases.map(\.rawValue)), counts: 0...WebhookEvent.allCases.count)

    static let webhook = Schema.resource(
        "webhook",
        attributes: [
            .required("url", webhookURL),
            .optional("events", webhookEvents, "Left out or empty: all of them."),
        ])

    static let webhookChange = Schema.resource(
        "webhook", id: .optional,
        attributes: [
            .optional("url", webhookURL), .optional("events", webhookEvents),
            .optional("enabled", .boolean),
        ])
}

extension WebhookEndpoint {
    /// The endpoint as a resource, without its secret.
    var resource: Resource {
        let path = "/v2/webhooks/\(self.id)"
        return Resource(
            type: "webhook", id: self.id.text, selfLink: path,
            attributes: [
                "url": .string(self.url), "events": .strings(self.events),
                "enabled": .bool(self.isEnabled),
                "created_at": .time(self.createdAt),
            ],
            relationships: ["deliveries": .link("\(path)/deliveries")])
    }
}

extension WebhookDelivery {
    /// The delivery as a resource, without what was said in it.
    var resource: Resource {
        Resource(
            type: "webhook-delivery", id: self.id.text,
            attributes: [
                "event": .string(self.event), "state": .string(self.state.rawValue),
                "attempts": .integer(self.attempts),
                "status": .optional(self.status.map { Int64($0) }),
                "error": .optional(self.error),
                "created_at": .time(self.createdAt),
                "attempted_at": .time(self.attemptedAt),
            ])
    }
}
