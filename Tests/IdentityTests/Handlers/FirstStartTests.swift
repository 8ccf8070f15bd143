import ContractsFakes
import Foundation
import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP
import Storage
import TestKit
import Testing

@testable import IdentityServer

@Suite("The first start")
struct FirstStartTests {
    /// A database nothing was ever started on.
    static func open(_ folder: TemporaryFolder) async throws -> (SQLiteDatabase, IdentityService) {
        let database = try await SQLiteDatabase.open(
            at: folder.file("identity.sqlite"), migrations: IdentityMigrations.all)
        let service = IdentityService(
            database: database, contracts: TestIdentity.memberOfNothing().client,
            limits: TestIdentity.limits)
        return (database, service)
    }

    @Test("it makes a tenant, its roles and an admin whose key is in a file only its user may read")
    func first() async throws {
        let folder = try TemporaryFolder()
        let (database, service) = try await Self.open(folder)
        let made = try await service.startFirst(dataDirectory: folder.path)
        let admin = try #require(made)
        #expect(admin.email == "admin@covenant.local")
        let path = folder.file("first-admin.json")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let file = try JSON(parsing: Array(Data(contentsOf: URL(filePath: path))))
        #expect(file["email"]?.string == "admin@covenant.local")
        #expect(file["tenant_id"]?.string == admin.tenant.text)
        let key = try #require(file["api_key"]?.string)
        #expect(file.object?.names.count == 3)
        let reply = try await service.authenticate(Authenticate(email: admin.email, secret: key))
        guard case .accepted(let user) = reply else {
            Issue.record("the key in the file is refused")
            return
        }
        #expect(user.isTenantAdmin && user.tenant == admin.tenant)
        let roles = try await service.listRoles(ListRoles(tenant: admin.tenant)).roles
        #expect(roles == RoleCatalogue.standard)
        try await database.close()
    }

    @Test("a restart makes nothing, writes nothing and leaves the key alive")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let (database, service) = try await Self.open(folder)
        let made = try await service.startFirst(dataDirectory: folder.path)
        let admin = try #require(made)
        try await database.close()
        try FileManager.default.removeItem(atPath: folder.file("first-admin.json"))
        let (again, restarted) = try await Self.open(folder)
        let second = try await restarted.startFirst(
            FirstTenant(name: "Another", adminEmail: "not an address"),
            dataDirectory: folder.path)
        #expect(second == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.file("first-admin.json")))
        let reply = try await restarted.authenticate(
            Authenticate(email: admin.email, secret: admin.apiKey.reveal()))
        #expect(reply != .refused)
        try await again.close()
    }

    @Test("a file left by a crash before the admin was made is replaced")
    func crashed() async throws {
        let folder = try TemporaryFolder()
        for name in ["first-admin.json", "first-admin.json.new"] {
            try Data("stale".utf8).write(to: URL(filePath: folder.file(name)))
        }
        let (database, service) = try await Self.open(folder)
        let made = try await service.startFirst(dataDirectory: folder.path)
        let admin = try #require(made)
        let text = try String(contentsOfFile: folder.file("first-admin.json"), encoding: .utf8)
        #expect(text.contains(admin.apiKey.reveal()))
        #expect(!FileManager.default.fileExists(atPath: folder.file("first-admin.json.new")))
        try await database.close()
    }

    @Test("without a place for the file no admin is made")
    func noPlace() async throws {
        let folder = try TemporaryFolder()
        let (database, service) = try await Self.open(folder)
        await #expect(throws: PrivateFile.Failure.self) {
            try await service.startFirst(dataDirectory: folder.file("missing"))
        }
        let made = try await service.startFirst(dataDirectory: folder.path)
        #expect(made != nil)
        try await database.close()
    }

    @Test(
        "a setting that is wrong is named, and nothing is made",
        arguments: [
            (FirstTenant(name: ""), "bootstrap.tenant-name"),
            (FirstTenant(name: "   "), "bootstrap.tenant-name"),
            (FirstTenant(name: String(repeating: "n", count: 101)), "bootstrap.tenant-name"),
            (FirstTenant(adminEmail: "admin"), "bootstrap.admin-email"),
        ])
    func wrong(tenant: FirstTenant, setting: String) async throws {
        let folder = try TemporaryFolder()
        let (database, service) = try await Self.open(folder)
        do {
            _ = try await service.startFirst(tenant, dataDirectory: folder.path)
            Issue.record("was taken")
        } catch let error as FirstStartError {
            #expect(error.description.contains(setting))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("first-admin.json")))
        try await database.close()
    }

    @Test("printing an admin shows no key unless it is the announcement")
    func redacted() async throws {
        let folder = try TemporaryFolder()
        let (database, service) = try await Self.open(folder)
        let made = try await service.startFirst(dataDirectory: folder.path)
        let admin = try #require(made)
        var dumped = ""
        dump(admin, to: &dumped)
        #expect(!"\(admin) \(String(reflecting: admin)) \(dumped)".contains("cov_"))
        #expect(admin.announcement.contains(admin.apiKey.reveal()))
        try await database.close()
    }
}
