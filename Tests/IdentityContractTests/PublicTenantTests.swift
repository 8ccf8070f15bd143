import ContractsAPI
import ContractsFakes
import HTTP2
import JSONAPI
import TestKit
import Testing

@Suite("Tenants and their roles, in public")
struct PublicTenantTests {
    static let admin = RunningIdentity.asAdmin
    static let tenant = "/v2/tenants/\(RunningIdentity.tenant)"
    static let roles = "\(tenant)/roles"

    static func body(_ roles: String) -> String {
        """
        {"data": {"type": "tenant-policy", "id": "\(RunningIdentity.tenant)",
          "attributes": {"roles": [\(roles)]}}}
        """
    }

    static let auditor = """
        {"role": "auditor", "scope": "contracts", "permissions": ["contracts.workspace.listAll"],
         "i18n": {"en": "Auditor"}}
        """

    @Test("a tenant is read and renamed: the whole document")
    func tenant() async throws {
        try await RunningIdentity.with { identity in
            let body = #"{"data": {"type": "tenant", "attributes": {"name": "New Name"}}}"#
            let answer = try await identity.request("PATCH", Self.tenant, Self.admin, body: body)
            let id = RunningIdentity.tenant
            #expect(
                answer.text == """
                    {"data":{"id":"\(id)","type":"tenant","links":{"self":"/v2/tenants/\(id)"},\
                    "attributes":{"name":"New Name","created_at":"2023-11-14T22:13:20.000Z"}},\
                    "meta":{}}
                    """)
            let read = try await identity.request("GET", Self.tenant, Self.admin)
            #expect(read.text == answer.text)
            let list = try await identity.request("GET", "/v2/tenants", Self.admin)
            #expect(list.json["data"]?.array?.count == 1)
            let second = try await identity.request(
                "GET", "/v2/tenants?page[number]=2", Self.admin)
            #expect(second.json["data"]?.array?.isEmpty == true)
            let blank = try await identity.request(
                "PATCH", Self.tenant, Self.admin,
                body: #"{"data": {"type": "tenant", "attributes": {"name": " "}}}"#)
            #expect(blank.errors == ["invalid_value /data/attributes/name"])
        }
    }

    static func tenant(_ admin: String) -> String {
        """
        {"data": {"type": "tenant", "attributes": {"name": "Second", "admin": {\(admin)}}}}
        """
    }

    static let second = tenant(
        """
        "email": "root@example.org", "first_name": "Grace", "last_name": "Hopper",
        "password": "s3cret-pass"
        """)

    @Test("the operator makes a tenant, whose admin obtains a key, and deletes it")
    func lifecycle() async throws {
        try await RunningIdentity.with { identity in
            let made = try await identity.request(
                "POST", "/v2/tenants", Self.admin, body: Self.second)
            #expect(made.status == 201)
            let id = try #require(made.json["data"]?["id"]?.string)
            #expect(made.attributes["name"] == "Second")
            let admin = made.json["data"]?["relationships"]?["admin"]?["data"]
            #expect(admin?["type"] == "user")
            let keyed = try await identity.request(
                "POST", "/v2/users/me/generate-api-key", ("root@example.org", "s3cret-pass"))
            #expect(keyed.json["data"]?["id"] == admin?["id"])
            let key = try #require(keyed.attributes["api_key"]?.string)
            let root = ("root@example.org", key)
            let own = try await identity.request("DELETE", "/v2/tenants/\(id)", root)
            #expect(own.status == 403 && own.errors == ["forbidden"])
            let other = try await identity.request("DELETE", Self.tenant, root)
            #expect(other.status == 404 && other.errors == ["not_found"])
            identity.contracts.on(ReleaseTenant.self) { _ in .refused(contracts: 2) }
            let full = try await identity.request("DELETE", "/v2/tenants/\(id)", Self.admin)
            #expect(full.status == 409 && full.errors == ["tenant_has_contracts"])
            #expect(full.json["errors"]?.array?.first?["meta"] == ["contracts": 2])
            identity.contracts.on(ReleaseTenant.self) { _ in .released }
            let gone = try await identity.request("DELETE", "/v2/tenants/\(id)/", Self.admin)
            #expect(gone.status == 204)
            #expect(try await identity.request("GET", "/v2/users/me", root).status == 401)
            let again = try await identity.request("DELETE", "/v2/tenants/\(id)", Self.admin)
            #expect(again.status == 404)
            let itself = try await identity.request("DELETE", Self.tenant, Self.admin)
            #expect(itself.status == 409 && itself.errors == ["operating_tenant"])
        }
    }

    @Test("who does not operate the platform makes no tenant, and faults are told at once")
    func refusedTenants() async throws {
        try await RunningIdentity.with { identity in
            let user = try await identity.request(
                "POST", "/v2/tenants", RunningIdentity.asUser, body: Self.second)
            #expect(user.status == 403 && user.errors == ["forbidden"])
            let faulty = Self.tenant(
                #""email": "x", "first_name": " ", "last_name": "L", "password": "short""#)
            let answer = try await identity.request(
                "POST", "/v2/tenants", Self.admin, body: faulty)
            #expect(answer.status == 400)
            #expect(
                Set(answer.errors) == [
                    "invalid_value /data/attributes/admin/email",
                    "invalid_value /data/attributes/admin/first_name",
                    "invalid_value /data/attributes/admin/password",
                ])
            let empty = try await identity.request(
                "POST", "/v2/tenants", Self.admin,
                body: #"{"data": {"type": "tenant", "attributes": {}}}"#)
            #expect(empty.status == 400)
        }
    }

    @Test("the catalogue is replaced as a whole, and the invites that fell are counted")
    func replaces() async throws {
        try await RunningIdentity.with { identity in
            identity.contracts.on(RetireRoles.self) { request in
                .init(
                    uses: request.roles.map {
                        .init(role: $0, members: 0, contracts: 0, invites: 3)
                    })
            }
            let before = try await identity.request("GET", Self.roles, Self.admin)
            let tag = try #require(before.fields.first("etag"))
            let answer = try await identity.request(
                "PATCH", Self.roles, Self.admin, body: Self.body(Self.auditor),
                fields: ["if-match": tag])
            #expect(answer.status == 200)
            #expect(answer.json["meta"] == ["revoked_invites": 3, "invites_to_revoke": 0])
            #expect(answer.attributes["roles"]?.array?.count == 1)
            let after = try await identity.request("GET", Self.roles, Self.admin)
            #expect(after.attributes == answer.attributes)
            #expect(after.fields.first("etag") == answer.fields.first("etag"))
            let stale = try await identity.request(
                "PATCH", Self.roles, Self.admin, body: Self.body(Self.auditor),
                fields: ["if-match": tag])
            #expect(stale.status == 412 && stale.errors == ["precondition_failed If-Match"])
        }
    }

    @Test("unknown permissions and every other fault are told at once, each with its pointer")
    func faults() async throws {
        try await RunningIdentity.with { identity in
            let roles = """
                {"role": "a", "scope": "contracts", "permissions": ["x", "contracts.contract.edit"],
                 "i18n": {"en": "A"}},
                {"role": "B", "scope": "contracts", "permissions": [], "i18n": {"de": "B"}}
                """
            let answer = try await identity.request(
                "PATCH", Self.roles, Self.admin, body: Self.body(roles))
            #expect(answer.status == 400)
            #expect(
                answer.errors == [
                    "invalid_value /data/attributes/roles/0/permissions/0",
                    "invalid_value /data/attributes/roles/1/role",
                    "invalid_value /data/attributes/roles/1/i18n",
                ])
            #expect(identity.contracts.calls.isEmpty)
        }
    }

    @Test("a role in use is a conflict that says where")
    func inUse() async throws {
        try await RunningIdentity.with { identity in
            identity.contracts.on(RetireRoles.self) { request in
                .init(
                    uses: request.roles.map {
                        .init(role: $0, members: 2, contracts: 1, invites: 0)
                    })
            }
            let answer = try await identity.request(
                "PATCH", Self.roles, Self.admin, body: Self.body(Self.auditor))
            #expect(answer.status == 409)
            #expect(answer.errors == ["role_in_use /data/attributes/roles"])
            #expect(
                answer.json["errors"]?.array?.first?["meta"]
                    == ["scope": "contracts", "role": "member", "members": 2, "contracts": 1])
        }
    }

    @Test("every permission is told with its scope and what it is for")
    func permissions() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "GET", "/v2/permissions", RunningIdentity.asUser)
            let details = try #require(answer.attributes["details"]?.array)
            #expect(details.count == answer.attributes["permissions"]?.array?.count)
            #expect(
                details.first == [
                    "name": "global.stats.workspaces", "scope": "global",
                    "description": "See the statistics of all workspaces.",
                ])
        }
    }
}
