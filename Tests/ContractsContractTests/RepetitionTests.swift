import ContractsFakes
import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Repeating a POST under its Idempotency-Key")
struct RepetitionTests {
    static let body: JSON = ["data": ["type": "contract", "attributes": ["name": "My Contract"]]]
    static let key: HTTP2Fields = ["idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]

    @Test("makes one contract, answered twice; another body is refused")
    func contracts() async throws {
        try await RunningContracts.with { running in
            let first = try await running.request(
                "POST", "/v2/contracts", body: Self.body, fields: Self.key)
            let again = try await running.request(
                "POST", "/v2/contracts", body: Self.body, fields: Self.key)
            #expect(first.status == 200)
            #expect(again.text == first.text)
            #expect(again.fields.first("idempotency-replayed") == "true")
            let other = try await running.request(
                "POST", "/v2/contracts",
                body: ["data": ["type": "contract", "attributes": ["name": "Other"]]],
                fields: Self.key)
            #expect(other.status == 422)
            #expect(other.errors == ["idempotency_key_reused Idempotency-Key"])
            let list = try await running.request("GET", "/v2/contracts")
            #expect(list.json["meta"]?["total"] == 1)
        }
    }

    @Test("a key is its user's own: another user makes another contract with it")
    func users() async throws {
        try await RunningContracts.with { running in
            _ = try await running.request(
                "POST", "/v2/contracts", body: Self.body, fields: Self.key)
            running.peers.addPerson("other@example.com", isTenantAdmin: true)
            let other = try await running.request(
                "POST", "/v2/contracts", as: "other@example.com", body: Self.body,
                fields: Self.key)
            #expect(other.status == 200)
            #expect(other.fields.first("idempotency-replayed") == nil)
        }
    }
}
