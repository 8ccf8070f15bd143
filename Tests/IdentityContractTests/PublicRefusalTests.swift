import HTTP2
import IdentityDomain
import JSONAPI
import TestKit
import Testing

@testable import IdentityServer

@Suite("What identity refuses in public")
struct PublicRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var who: Who = .admin
        var body: String?
        var status: Int
        var errors: [String]

        enum Who: Sendable { case nobody, stranger, user, admin }

        var testDescription: String { "\(self.method) \(self.path) by \(self.who)" }

        var credentials: (String, String)? {
            switch self.who {
            case .nobody: nil
            case .stranger: (RunningIdentity.userEmail, RunningIdentity.adminKey)
            case .user: RunningIdentity.asUser
            case .admin: RunningIdentity.asAdmin
            }
        }
    }

    static let everything = [
        ("POST", "/v2/users"), ("GET", "/v2/users"), ("GET", "/v2/users/me"),
        ("GET", "/v2/users/\(RunningIdentity.user)"),
        ("POST", "/v2/users/me/generate-api-key"), ("GET", "/v2/permissions"),
        ("GET", "/v2/tenants/\(RunningIdentity.tenant)/roles"),
        ("DELETE", "/v2/users/\(RunningIdentity.user)"),
        ("PATCH", "/v2/tenants/\(RunningIdentity.tenant)/roles"), ("GET", "/v2/tenants"),
        ("GET", "/v2/tenants/\(RunningIdentity.tenant)"),
        ("PATCH", "/v2/tenants/\(RunningIdentity.tenant)"), ("POST", "/v2/service-accounts"),
        ("GET", "/v2/service-accounts"), ("DELETE", "/v2/service-accounts/\(RunningIdentity.user)"),
        ("POST", "/v2/sessions"), ("GET", "/v2/sessions"), ("GET", "/v2/sessions/current"),
        ("DELETE", "/v2/sessions"), ("DELETE", "/v2/sessions/current"),
        ("DELETE", "/v2/sessions/\(RunningIdentity.session)"),
        ("GET", "/v2/sshkeys"), ("POST", "/v2/sshkeys"),
        ("GET", "/v2/sshkeys/\(RunningIdentity.session)"),
        ("DELETE", "/v2/sshkeys/\(RunningIdentity.session)"),
    ]

    @Test("nothing is done for somebody who does not prove who they are", arguments: everything)
    func unauthenticated(method: String, path: String) async throws {
        try await RunningIdentity.with { identity in
            for who in [Row.Who.nobody, .stranger] {
                let row = Row(method: method, path: path, who: who, status: 401, errors: [])
                let answer = try await identity.request(
                    method, path, row.credentials,
                    body: method == "POST" && path == "/v2/users" ? PublicUsersTests.body() : nil)
                #expect(answer.status == 401)
                #expect(answer.fields.first("www-authenticate")?.hasPrefix("Basic ") == true)
                #expect(answer.errors.count == 1)
            }
        }
    }

    static let rows = [
        Row(
            method: "POST", path: "/v2/users", who: .user, body: PublicUsersTests.body(),
            status: 403, errors: ["forbidden"]),
        Row(method: "GET", path: "/v2/users", who: .user, status: 403, errors: ["forbidden"]),
        Row(
            method: "GET", path: "/v2/tenants/\(RunningIdentity.tenant)/roles", who: .user,
            status: 403, errors: ["forbidden"]),
        Row(
            method: "PATCH", path: "/v2/tenants/\(RunningIdentity.tenant)/roles", who: .user,
            body: PublicTenantTests.body(""), status: 403, errors: ["forbidden"]),
        Row(
            method: "PATCH", path: "/v2/tenants/\(RunningIdentity.user)/roles",
            body: #"{"data": {"type": "tenant-policy", "attributes": {"roles": []}}}"#,
            status: 404, errors: ["not_found"]),
        Row(
            method: "PATCH", path: "/v2/tenants/\(RunningIdentity.user)",
            body: PublicTenantTests.body(""), status: 400,
            errors: [
                "invalid_value /data/type", "missing /data/attributes",
                "unknown_member /data/attributes/roles", "id_mismatch /data/id",
            ]),
        Row(method: "GET", path: "/v2/tenants", who: .user, status: 403, errors: ["forbidden"]),
        Row(
            method: "GET", path: "/v2/tenants/\(RunningIdentity.user)", status: 404,
            errors: ["not_found"]),
        Row(
            method: "GET", path: "/v2/service-accounts", who: .user, status: 403,
            errors: ["forbidden"]),
        Row(
            method: "DELETE", path: "/v2/service-accounts/\(RunningIdentity.user)", status: 404,
            errors: ["not_found"]),
        Row(
            method: "GET", path: "/v2/tenants/\(RunningIdentity.user)/roles", status: 404,
            errors: ["not_found"]),
        Row(method: "GET", path: "/v2/nothing", status: 404, errors: ["not_found"]),
        Row(
            method: "GET", path: "/v2/users?color=red&page[size]=101", status: 400,
            errors: ["unknown_parameter color", "invalid_parameter page[size]"]),
        Row(
            method: "GET", path: "/v2/users?email=nonsense", status: 400,
            errors: ["invalid_parameter email"]),
        Row(
            method: "GET", path: "/v2/users?email=a@b&filter[email]=a@c", status: 400,
            errors: ["invalid_parameter email"]),
    ]

    @Test("a refusal names the problem", arguments: rows)
    func refuses(row: Row) async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                row.method, row.path, row.credentials, body: row.body)
            #expect(answer.status == row.status)
            #expect(answer.errors == row.errors)
        }
    }

    @Test("wrong methods, bodies and media types are refused, and make nobody")
    func malformed() async throws {
        try await RunningIdentity.with { identity in
            let admin = RunningIdentity.asAdmin
            let wrongMethod = try await identity.request("DELETE", "/v2/users", admin)
            #expect(wrongMethod.status == 405)
            let allowed = wrongMethod.fields.first("allow") ?? ""
            #expect(allowed.contains("GET") && allowed.contains("POST"))
            for body in ["", "{", "[]", "null", #"{"data": {}}"#, "{\"data\": \"\u{1}\"}"] {
                let answer = try await identity.request("POST", "/v2/users", admin, body: body)
                #expect(answer.status == 400, "\(body)")
                #expect(!answer.errors.isEmpty)
            }
            let large = String(repeating: " ", count: 1_100_000) + PublicUsersTests.body()
            let tooLarge = try await identity.request("POST", "/v2/users", admin, body: large)
            #expect(tooLarge.status == 413)
            let type = try await identity.request(
                "POST", "/v2/users", admin, body: PublicUsersTests.body(),
                fields: ["content-type": "text/plain"])
            #expect(type.status == 415)
            let all = try await identity.request("GET", "/v2/users", admin)
            #expect(all.json["meta"]?["total"]?.integer == 2)
        }
    }

    @Test("five wrong passwords lock the way to a key; the answer is the same throughout")
    func lockout() async throws {
        try await RunningIdentity.with { identity in
            let path = "/v2/users/me/generate-api-key"
            let email = RunningIdentity.userEmail
            var texts: Set<String> = []
            for secret in ["a", "b", "c", "d", "e", RunningIdentity.password] {
                let answer = try await identity.request("POST", path, (email, secret))
                #expect(answer.status == 401)
                texts.insert(answer.text)
            }
            #expect(texts.count == 1)
            #expect(try await identity.request("POST", path, RunningIdentity.asUser).status == 200)
        }
    }
}
