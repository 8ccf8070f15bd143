import ContractsFakes
import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Webhook endpoints")
struct WebhookTests {
    static func body(_ attributes: JSON) -> JSON {
        ["data": ["type": "webhook", "attributes": attributes]]
    }

    static let url: JSON = ["url": "https://127.0.0.1:1/hook", "events": ["contract.created"]]

    @Test("are made with a secret that is shown once, changed, listed and removed")
    func life() async throws {
        try await RunningContracts.with { running in
            let made = try await running.request("POST", "/v2/webhooks", body: Self.body(Self.url))
            #expect(made.status == 200)
            #expect(
                made.attributes.object?.names
                    == ["url", "events", "enabled", "created_at", "secret"])
            #expect(made.attributes["secret"]?.string?.hasPrefix("whsec_") == true)
            let path = "/v2/webhooks/\(made.id)"
            let view = try await running.request("GET", path)
            #expect(view.attributes["secret"] == nil)
            #expect(view.attributes["events"] == ["contract.created"])
            let list = try await running.request("GET", "/v2/webhooks")
            #expect(list.json["data"]?.array?.count == 1)
            #expect(!list.text.contains("whsec_"))
            _ = try await running.contract()
            let log = try await running.request("GET", "\(path)/deliveries")
            let delivery = log.json["data"]?.array?.first
            #expect(delivery?["type"] == "webhook-delivery")
            #expect(delivery?["attributes"]?["event"] == "contract.created")
            #expect(delivery?["attributes"]?["state"] == "pending")
            #expect(log.json["meta"]?["total"] == 1)
            let changed = try await running.request(
                "PATCH", path, body: Self.body(["enabled": false, "events": []]))
            #expect(changed.attributes["enabled"] == false)
            #expect(changed.attributes["events"] == [])
            #expect(try await running.request("DELETE", path).status == 204)
            #expect(try await running.request("GET", path).status == 404)
        }
    }

    @Test("are a Tenant Admin's, and go to the web only")
    func refusals() async throws {
        try await RunningContracts.with { running in
            _ = try await running.contract()
            let admin = RunningContracts.admin
            let nobody = "/v2/webhooks/5b87aded2dfb980011537690"
            let invalid = ["invalid_value /data/attributes/url"]
            var cases: [(String, String, String?, JSON?, Int, [String])] = [
                ("GET", "/v2/webhooks", nil, nil, 401, ["unauthenticated Authorization"]),
                ("GET", "/v2/webhooks", "ada@example.com", nil, 403, ["forbidden"]),
                (
                    "POST", "/v2/webhooks", "ada@example.com", Self.body(Self.url), 403,
                    ["forbidden"]
                ),
                ("GET", nobody, admin, nil, 404, ["not_found"]),
                ("GET", "\(nobody)/deliveries", admin, nil, 404, ["not_found"]),
                ("PATCH", nobody, admin, Self.body([:]), 404, ["not_found"]),
                ("DELETE", nobody, admin, nil, 404, ["not_found"]),
                (
                    "POST", "/v2/webhooks", admin,
                    Self.body(["url": "https://a.example", "events": ["contract.eaten"]]), 400,
                    ["invalid_value /data/attributes/events/0"]
                ),
            ]
            for url in [
                "file:///etc/passwd", "https://", "https://user:pw@a.example", "gopher://a",
            ] {
                cases.append(
                    ("POST", "/v2/webhooks", admin, Self.body(["url": .string(url)]), 400, invalid))
            }
            for (method, path, email, body, status, errors) in cases {
                let answer = try await running.request(method, path, as: email, body: body)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(answer.errors == errors, "\(method) \(path) \(body?.text ?? "")")
            }
            for _ in 0..<20 {
                _ = try await running.request("POST", "/v2/webhooks", body: Self.body(Self.url))
            }
            let full = try await running.request("POST", "/v2/webhooks", body: Self.body(Self.url))
            #expect(full.status == 409)
            #expect(full.errors == ["too_many_webhooks"])
        }
    }
}
