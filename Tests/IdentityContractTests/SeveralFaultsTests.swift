import JSONAPI
import TestKit
import Testing

/// Bodies whose shape is wrong in one place and whose meaning is wrong in another.
@Suite("Bodies with several faults, for identity")
struct SeveralFaultsTests {
    @Test("every operation with a body of several parts tells all of them at once")
    func all() async throws {
        try await RunningIdentity.with { identity in
            #expect(FaultyBody.untried(identity.routes, by: Self.bodies) == [])
            for faulty in Self.bodies {
                let method = try #require(faulty.method(in: identity.routes), "\(faulty.operation)")
                let credentials =
                    faulty.caller == RunningIdentity.userEmail
                    ? RunningIdentity.asUser : RunningIdentity.asAdmin
                let answer = try await identity.request(
                    method, faulty.path, credentials, body: faulty.body.text)
                #expect(answer.status == 400, "\(faulty.operation): \(answer.text)")
                #expect(faulty.missed(in: answer) == [], "\(faulty.operation): \(answer.text)")
            }
        }
    }

    @Test("the roles of a catalogue are told about in all their parts")
    func roles() async throws {
        try await RunningIdentity.with { identity in
            let path = "/v2/tenants/\(RunningIdentity.tenant)/roles"
            let roles: JSON = [
                ["role": 1, "scope": "contracts", "permissions": ["all"], "i18n": ["en": "One"]],
                ["role": "?", "scope": "odd", "permissions": [], "i18n": [:]],
            ]
            let faulty = FaultyBody(
                "replaceTenantRoles", path, as: RunningIdentity.adminEmail, "tenant-policy",
                ["roles": roles],
                places: [
                    "/roles/0/role", "/roles/0/permissions/0", "/roles/1/role", "/roles/1/scope",
                    "/roles/1/i18n",
                ])
            let answer = try await identity.request(
                "PATCH", path, RunningIdentity.asAdmin, body: faulty.body.text)
            #expect(faulty.missed(in: answer) == [], "\(answer.text)")
        }
    }

    @Test("what stands in for what cannot be read is blamed for nothing")
    func standIns() async throws {
        try await RunningIdentity.with { identity in
            let answer = try await identity.request(
                "POST", "/v2/users", RunningIdentity.asAdmin,
                body: PublicUsersTests.me(#""first_name": 1, "last_name": "Last""#))
            #expect(
                answer.errors.sorted() == [
                    "missing /data/attributes", "missing /data/attributes",
                    "wrong_type /data/attributes/first_name",
                ])
        }
    }

    private static let bodies: [FaultyBody] = {
        let (user, admin) = (RunningIdentity.userEmail, RunningIdentity.adminEmail)
        return [
            FaultyBody(
                "createUser", "/v2/users", as: admin, "user",
                ["email": "nobody", "first_name": 1, "last_name": " ", "password": "short"],
                places: ["/email", "/first_name", "/last_name", "/password"]),
            FaultyBody(
                "updateMe", "/v2/users/me", as: user, "user",
                ["first_name": 1, "last_name": " ", "current_password": "any"],
                places: ["/first_name", "/last_name", "/new_password"]),
            FaultyBody(
                "createTenant", "/v2/tenants", as: admin, "tenant",
                [
                    "name": " ",
                    "admin": [
                        "email": 1, "first_name": " ", "last_name": "Last", "password": "short",
                    ],
                ], places: ["/name", "/admin/email", "/admin/first_name", "/admin/password"]),
            FaultyBody(
                "createServiceAccount", "/v2/service-accounts", as: admin, "service-account",
                ["name": 1, "email": "nobody"], places: ["/name", "/email"]),
            FaultyBody(
                "addSSHKey", "/v2/sshkeys", as: user, "sshkey",
                ["key": "ssh-rsa what", "title": 1], places: ["/key", "/title"]),
        ]
    }()
}
