import IdentityDomain
import JSONAPI
import TestKit
import Testing

@testable import IdentityServer

@Suite("Roles and permissions, in public")
struct PublicRolesTests {
    @Test("every user reads the permissions there are")
    func permissions() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "GET", "/v2/permissions", RunningIdentity.asUser)
            let permissions = answer.json["data"]?["attributes"]?["permissions"]
            #expect(permissions == .strings(Permissions.assignable))
            #expect(answer.text.hasPrefix(#"{"data":{"id":null,"type":"permissions","#))
            #expect(answer.text.hasSuffix(#","meta":{}}"#))
        }
    }

    @Test("a Tenant Admin reads the catalogue: the whole document")
    func roles() async throws {
        try await RunningIdentity.with { identity in
            let tenant = RunningIdentity.tenant
            let answer = try await identity.request(
                "GET", "/v2/tenants/\(tenant)/roles", RunningIdentity.asAdmin)
            #expect(answer.status == 200)
            #expect(
                answer.text == """
                    {"data":{"id":"\(tenant)","type":"tenant-policy",\
                    "links":{"self":"/v2/tenants/\(tenant)/roles"},"attributes":{"roles":[\
                    {"role":"member","scope":"contracts",\
                    "permissions":["contracts.workspace.create"],"i18n":{"en":"Member"}}]},\
                    "relationships":{"tenant":{"data":{"id":"\(tenant)","type":"tenant"}}}},\
                    "meta":{}}
                    """)
        }
    }

    @Test("every public operation has a row in the access table, and every row an operation")
    func accessRows() async throws {
        try await RunningIdentity.with { identity in
            let operations = identity.routes.map(\.id)
            #expect(Set(operations) == Set(AccessPolicy.Operation.allCases.map(\.rawValue)))
        }
    }
}
