import Foundation
import Identifiers
import IdentityAPI
import IdentityDomain
import PublicHTTP
import Storage
import TestKit
import Testing

@testable import IdentityServer

@Suite("Identity's database")
struct IdentityStoreTests {
    @Test("migrations may run again, and are portable")
    func migrations() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            let database = try await SQLiteDatabase.open(
                at: folder.file("identity.sqlite"), migrations: IdentityMigrations.all)
            try await database.close()
        }
        for statement in IdentityMigrations.all.flatMap(\.statements) {
            #expect(PortableSQL.faults(in: statement) == [], "\(statement)")
        }
    }

    /// Uses every handler once.
    static func useEverything(_ identity: TestIdentity) async throws {
        let service = identity.service
        let user = try await identity.makeUser()
        _ = try await service.registerUser(identity.registration("r@example.com"))
        _ = try await service.registerUser(identity.registration("r@example.com"))
        _ = try await service.generateAPIKey(for: user.authenticated)
        _ = try await identity.signIn(user.email, TestIdentity.password)
        _ = try await identity.signIn(user.email, "wrong")
        _ = try await identity.signIn(identity.admin.email, identity.adminKey)
        _ = try await service.listUsers(email: nil, limit: 9, offset: 0, by: identity.admin)
        _ = try await service.listUsers(email: "a@b", limit: 9, offset: 0, by: identity.admin)
        _ = try await service.me(identity.admin)
        _ = try await service.user(user.id, by: identity.admin)
        _ = try await service.getUsers(GetUsers(users: [user.id]))
        _ = try await service.findUser(FindUser(tenant: user.tenant, email: user.email))
        _ = try await service.storedRoles(of: user.tenant, by: identity.admin)
        _ = try await ReplaceRolesTests.replace(identity)
        _ = try await service.listTenants(limit: 9, offset: 0, by: identity.admin)
        try await Self.useTenants(identity)
        _ = try await service.updateMe(
            UpdateMeTests.change(current: TestIdentity.password), by: user.authenticated,
            session: nil, from: nil)
        _ = try await service.renameTenant(user.tenant, to: "Name", by: identity.admin)
        let account = try await ServiceAccountTests.make(identity).account
        _ = try await service.listServiceAccounts(limit: 9, offset: 0, by: identity.admin)
        try await service.deleteServiceAccount(account.id, by: identity.admin, requestID: "r")
        try await Self.useSessions(identity, user.authenticated)
        try await Self.useSSHKeys(identity, user.authenticated)
        _ = try await service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 1), users: [user.id]))
    }

    private static func useTenants(_ identity: TestIdentity) async throws {
        let (tenant, _) = try await TenantsTests.make(identity)
        _ = try await identity.service.tenant(tenant.id, by: identity.admin)
        try await identity.service.deleteTenant(tenant.id, by: identity.admin, requestID: "r")
        try await identity.service.erase(
            TenantErasure(tenant: tenant.id, actor: identity.admin.user, requestID: "r"))
    }

    private static func useSessions(
        _ identity: TestIdentity, _ user: AuthenticatedUser
    ) async throws {
        let service = identity.service
        let (session, token) = try await service.createSession(
            for: user, address: nil, agent: nil)
        identity.clock.advance(milliseconds: 60_000)
        _ = try await service.authenticate(token)
        _ = try await service.listSessions(of: user)
        _ = try await service.session(session.id, of: user)
        try await service.closeSession(session.id, of: user)
        try await service.closeSessions(of: user)
        try await service.sweepSessions()
    }

    private static func useSSHKeys(
        _ identity: TestIdentity, _ user: AuthenticatedUser
    ) async throws {
        let service = identity.service
        let key = try await service.addSSHKey(
            NewSSHKey(line: SSHKeySamples.ed25519, title: nil), of: user)
        _ = try await service.listSSHKeys(limit: 1, offset: 0, of: user)
        _ = try await service.sshKey(key.id, of: user)
        try await service.removeSSHKey(key.id, of: user)
    }

    @Test("no statement walks through a growing table, and each is portable")
    func plans() async throws {
        let identity = try await TestIdentity()
        try await Self.useEverything(identity)
        let statements = identity.recorder.statements
        #expect(statements.count > 15)
        for statement in statements {
            // Tenants are few, and only the operator asks for all of them.
            let isOfAll =
                statement.hasSuffix("FROM tenant LIMIT 1")
                || statement.contains("FROM tenant WHERE deleting_at IS NULL")
            let small: Set = isOfAll ? ["tenant"] : []
            let scans = try await QueryPlan.scans(
                statement, in: identity.database, except: small)
            #expect(scans == [], "\(statement)")
            #expect(PortableSQL.faults(in: statement) == [], "\(statement)")
        }
    }

    @Test("only the gate names contracts, and it stays as the tombstone")
    func purgeCoverage() async throws {
        let identity = try await TestIdentity()
        let forgotten = try await PurgeCoverage.forgotten(
            in: identity.database, kinds: [],
            exempt: ["contract_gate": "the tombstone that keeps late commands out"])
        #expect(forgotten == [])
    }

    @Test("the tables are these; a new one needs a word on what a deletion does with it")
    func tables() async throws {
        let identity = try await TestIdentity()
        let tables = try await identity.database.read {
            try $0.rows(
                """
                SELECT name FROM sqlite_master WHERE type = 'table'
                    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'storage_%' ORDER BY name
                """
            ).map { try $0.text("name") }
        }
        #expect(
            tables == [
                "api_key", "contract_gate", "inbox", "outbox", "password", "purge_progress", "role",
                "role_permission", "role_title", "session", "ssh_key", "stored_answer", "tenant",
                "user_account",
            ])
    }

    @Test("neither keys nor passwords are in the database's files, nor are users once released")
    func bytes() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser("marker-9f3a@example.com")
        let key = try await identity.service.generateAPIKey(for: user.authenticated).key.text
        let token = try await identity.service.createSession(
            for: user.authenticated, address: nil, agent: "agent-marker-9f3a"
        ).token.reveal()
        #expect(try Self.occurrences(of: "marker-9f3a", in: identity) > 0)
        let secrets = [
            key, String(key.dropFirst(4)), identity.adminKey, TestIdentity.password, token,
            String(token.dropFirst(4)),
        ]
        for secret in secrets {
            #expect(try Self.occurrences(of: secret, in: identity) == 0)
        }
        _ = try await identity.service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 1), users: [user.id]))
        try await identity.database.checkpointTruncate()
        for mark in ["marker-9f3a", user.id.text] {
            #expect(try Self.occurrences(of: mark, in: identity) == 0)
        }
    }

    private static func occurrences(of text: String, in identity: TestIdentity) throws -> Int {
        let files = try FileManager.default.contentsOfDirectory(atPath: identity.folder.path)
            .filter { $0.hasPrefix("identity.sqlite") }
        return try files.count { name in
            let data = try Data(contentsOf: URL(filePath: identity.folder.file(name)))
            return data.range(of: Data(text.utf8)) != nil
        }
    }

    @Test(
        "the schema itself refuses what must not be",
        arguments: [
            "UPDATE user_account SET email_folded = 'X@Y'",
            "UPDATE user_account SET is_tenant_admin = 2",
            "UPDATE user_account SET first_name = ''",
            "UPDATE user_account SET tenant_id = '000000000000000000000000'",
            "UPDATE api_key SET hash = x'00'",
            "DELETE FROM user_account", "DELETE FROM tenant", "DELETE FROM role",
            "UPDATE password SET failures = -1",
            "UPDATE session SET last_used_at = created_at - 1",
            "UPDATE ssh_key SET fingerprint = 'SHA256:'",
            "INSERT INTO api_key (hash, user_id, created_at) SELECT "
                + "x'0000000000000000000000000000000000000000000000000000000000000000', "
                + "user_id, 1 FROM api_key LIMIT 1",
        ])
    func constraints(statement: String) async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        _ = try await identity.service.createSession(for: user, address: nil, agent: nil)
        _ = try await identity.service.addSSHKey(
            NewSSHKey(line: SSHKeySamples.ed25519, title: nil), of: user)
        await #expect(throws: StorageError.self) {
            try await identity.database.write { try $0.execute(statement) }
        }
    }
}
