import ContractsAPI
import ContractsFakes
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("The end of users, in public")
struct PublicDeletionTests {
    static let admin = RunningIdentity.asAdmin
    static let user = "/v2/users/\(RunningIdentity.user)"

    @Test("a Tenant Admin deletes a user, whose key and session are dead in the next request")
    func deletes() async throws {
        try await RunningIdentity.with { identity in
            #expect(try await identity.request("DELETE", Self.user, Self.admin).status == 204)
            let byKey = try await identity.request("GET", "/v2/users/me", RunningIdentity.asUser)
            #expect(byKey.status == 401)
            let bySession = try await identity.request(
                "GET", "/v2/users/me", fields: RunningIdentity.bySession)
            #expect(bySession.status == 401)
            #expect(try await identity.request("DELETE", Self.user, Self.admin).status == 404)
        }
    }

    @Test("what stands against it is told, contract by contract")
    func refused() async throws {
        try await RunningIdentity.with { identity in
            let contract = ContractID(secondsSince1970: 4)
            identity.contracts.on(RemoveUser.self) { _ in
                .refused(
                    [
                        .init(contract: contract, reason: .lastOwner),
                        .init(contract: contract, reason: .suspended),
                        .init(contract: contract, reason: .deleting),
                    ], total: 3)
            }
            let answer = try await identity.request("DELETE", Self.user, Self.admin)
            #expect(answer.status == 409)
            #expect(answer.errors == ["last_owner", "contract_suspended", "contract_deleting"])
            let first = answer.json["errors"]?.array?.first
            #expect(
                first?["detail"]?.string == "You can not remove the last owner in the contract.")
            #expect(first?["meta"]?["contract_id"]?.string == contract.text)
            let admin = try await identity.request(
                "DELETE", "/v2/users/\(RunningIdentity.admin)", Self.admin)
            #expect(admin.status == 409 && admin.errors == ["protected_user"])
            let self403 = try await identity.request(
                "DELETE", Self.user, RunningIdentity.asUser)
            #expect(self403.status == 403 && self403.errors == ["forbidden"])
            let stranger = try await identity.request(
                "DELETE", "/v2/users/\(RunningIdentity.admin)", RunningIdentity.asUser)
            #expect(stranger.status == 404)
        }
    }

    @Test("a service account is made with its key, listed and deleted")
    func serviceAccounts() async throws {
        try await RunningIdentity.with { identity in
            let body = """
                {"data": {"type": "service-account", "attributes": {"name": "Deployer",
                  "email": "deployer@example.com"}}}
                """
            let path = "/v2/service-accounts"
            let made = try await identity.request("POST", path, Self.admin, body: body)
            #expect(made.status == 201)
            #expect(made.fields.first("cache-control") == "no-store")
            let key = try #require(made.attributes["api_key"]?.string)
            let credentials = ("deployer@example.com", key)
            let me = try await identity.request("GET", "/v2/users/me", credentials)
            #expect(me.id == made.id && me.attributes["service_account"]?.bool == true)
            let session = try await identity.request("POST", "/v2/sessions", credentials)
            #expect(session.status == 403 && session.errors == ["forbidden"])
            let list = try await identity.request("GET", path, Self.admin)
            #expect(
                list.json["meta"] == ["page": 1, "per_page": 50, "total": 1, "total_pages": 1])
            #expect(list.json["data"]?.array?.first?["attributes"]?["api_key"] == nil)
            #expect(
                try await identity.request("GET", "/v2/users", Self.admin)
                    .json["meta"]?["total"]?.integer == 2)
            let one = "\(path)/\(made.id)"
            #expect(try await identity.request("DELETE", one, credentials).status == 403)
            #expect(try await identity.request("DELETE", one, Self.admin).status == 204)
            #expect(try await identity.request("GET", "/v2/users/me", credentials).status == 401)
        }
    }

    @Test("all faults of a service account are told at once")
    func faults() async throws {
        try await RunningIdentity.with { identity in
            let body =
                #"{"data": {"type": "service-account", "attributes": {"name": " ", "email": "x"}}}"#
            let answer = try await identity.request(
                "POST", "/v2/service-accounts", Self.admin, body: body)
            #expect(answer.status == 400)
            #expect(
                answer.errors == [
                    "invalid_value /data/attributes/email", "invalid_value /data/attributes/name",
                ])
        }
    }
}
