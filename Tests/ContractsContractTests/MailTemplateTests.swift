import ContractsFakes
import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("E-mail templates")
struct MailTemplateTests {
    static let path = "/v2/email-templates"

    static func body(_ attributes: JSON) -> JSON {
        ["data": ["type": "email-template", "attributes": attributes]]
    }

    @Test("are listed, changed in part, and taken back")
    func life() async throws {
        try await RunningContracts.with { running in
            let list = try await running.request("GET", Self.path)
            #expect(
                list.json["data"]?.array?.compactMap { $0["id"]?.string } == [
                    "contract-invite", "contract-suspended", "contract-unsuspended",
                    "contract-deleted", "user-removed-from-contract",
                ])
            let first = list.json["data"]?.array?.first
            let changed = try await running.request(
                "PATCH", "\(Self.path)/contract-invite",
                body: Self.body(["subject": "Join {{contract_name}}"]))
            #expect(changed.status == 200)
            #expect(
                changed.attributes.object?.names
                    == ["subject", "text", "html", "enabled", "variables", "updated_at"])
            #expect(changed.attributes["subject"] == "Join {{contract_name}}")
            #expect(changed.attributes["text"] == first?["attributes"]?["text"])
            #expect(changed.attributes["variables"] == ["contract_name", "link", "expires_at"])
            let reset = try await running.request("DELETE", "\(Self.path)/contract-invite")
            #expect(reset.status == 204)
            let again = try await running.request("GET", Self.path)
            #expect(again.json["data"]?.array?.first == first)
        }
    }

    @Test("are a Tenant Admin's, and name only what there is")
    func refusals() async throws {
        try await RunningContracts.with { running in
            _ = try await running.contract()
            let admin = RunningContracts.admin
            let one = "\(Self.path)/contract-invite"
            let cases: [(String, String, String?, JSON?, Int, [String])] = [
                ("GET", Self.path, nil, nil, 401, ["unauthenticated Authorization"]),
                ("GET", Self.path, "ada@example.com", nil, 403, ["forbidden"]),
                ("PATCH", one, "ada@example.com", Self.body([:]), 403, ["forbidden"]),
                ("DELETE", one, "ada@example.com", nil, 403, ["forbidden"]),
                ("DELETE", "\(Self.path)/nonsense", admin, nil, 404, ["not_found"]),
                (
                    "PATCH", one, admin,
                    Self.body(["text": "{{password}}", "html": "{{x}}", "subject": "{{link}}"]),
                    400,
                    [
                        "invalid_value /data/attributes/text",
                        "invalid_value /data/attributes/html",
                    ]
                ),
                (
                    "PATCH", one, admin, Self.body(["subject": "", "enabled": 1]), 400,
                    [
                        "invalid_value /data/attributes/subject",
                        "wrong_type /data/attributes/enabled",
                    ]
                ),
            ]
            for (method, path, email, body, status, errors) in cases {
                let answer = try await running.request(method, path, as: email, body: body)
                #expect(answer.status == status, "\(method) \(path): \(answer.text)")
                #expect(answer.errors == errors, "\(method) \(path)")
            }
        }
    }
}
