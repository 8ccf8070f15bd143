import ContractsAPI
import ContractsFakes
import Identifiers
import IdentityAPI
import IdentityDomain
import PublicHTTP
import Storage
import TestKit

@testable import IdentityServer

/// An identity service of a test's own: its database, its clock, its first admin.
struct TestIdentity {
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let recorder: StatementRecorder
    let clock: ManualWallClock
    let contracts: FakePeer<Contracts>
    let service: IdentityService
    let admin: AuthenticatedUser
    let adminKey: String

    /// scrypt that costs next to nothing.
    static var limits: IdentityLimits {
        var limits = IdentityLimits()
        limits.scryptCostLog2 = 4
        limits.scryptBlockSize = 1
        limits.scryptParallelism = 1
        return limits
    }

    static let password = "correct-horse-1"

    init(limits: IdentityLimits = Self.limits) async throws {
        self.folder = try TemporaryFolder()
        self.clock = ManualWallClock()
        self.database = try await SQLiteDatabase.open(
            at: self.folder.file("identity.sqlite"), migrations: IdentityMigrations.all)
        self.recorder = StatementRecorder(self.database)
        self.contracts = Self.memberOfNothing()
        self.service = IdentityService(
            database: self.recorder, contracts: self.contracts.client, clock: self.clock,
            limits: limits)
        let first = try await self.service.startFirst(dataDirectory: self.folder.path)
        guard let first else { throw Missing() }
        self.adminKey = first.apiKey.reveal()
        let found = try await self.service.findUser(
            FindUser(tenant: first.tenant, email: first.email))
        guard let user = found.user else { throw Missing() }
        self.admin = AuthenticatedUser(
            user: user.user, tenant: user.tenant, email: user.email, isTenantAdmin: true)
    }

    struct Missing: Error {}

    /// A contracts service where nobody is a member of anything and no role is in use.
    static func memberOfNothing() -> FakePeer<Contracts> {
        let contracts = FakePeer<Contracts>()
        contracts.on(RemoveUser.self) { _ in .removed }
        contracts.on(ReleaseTenant.self) { _ in .released }
        contracts.on(RetireRoles.self) { request in
            .init(
                uses: request.roles.map {
                    .init(role: $0, members: 0, contracts: 0, invites: 0)
                })
        }
        return contracts
    }

    /// The same database with other limits.
    func service(limits: IdentityLimits) -> IdentityService {
        IdentityService(
            database: self.recorder, contracts: self.contracts.client, clock: self.clock,
            limits: limits)
    }

    /// A user of the admin's tenant with ``password``.
    func makeUser(_ email: String = "ada@example.com") async throws -> User {
        let new = try NewUser(
            email: email, firstName: "Ada", lastName: "King", password: Self.password,
            rule: PasswordRule())
        return try await self.service.createUser(new, by: self.admin)
    }

    func registration(
        _ email: String = "ada@example.com", first: String = "Ada", last: String = "King",
        password: String = Self.password
    ) -> RegisterUser {
        RegisterUser(
            tenant: self.admin.tenant, email: email, firstName: first, lastName: last,
            password: password)
    }

    /// Another tenant, without users.
    func makeTenant() async throws -> TenantID {
        let tenant = TenantID(secondsSince1970: 1)
        try await self.database.write {
            try TenantStore.insert(Tenant(id: tenant, name: "Other", createdAt: 1), in: $0)
        }
        return tenant
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        try await self.database.read {
            try $0.row("SELECT COUNT(*) AS found FROM \(table)")?.int("found") ?? -1
        }
    }

    /// How many rows of a table are a user's.
    func count(_ table: String, of user: UserID) async throws -> Int {
        try await self.database.read {
            try $0.row(
                "SELECT COUNT(*) AS found FROM \(table) WHERE user_id = ?", [user.text]
            )?.int("found") ?? -1
        }
    }

    /// The same database in another process: after a restart.
    func restarted() -> IdentityService { self.service(limits: Self.limits) }

    /// Relays the outbox of a service until it holds nothing.
    func relay(_ service: IdentityService) async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.relay(waiting: clock) }
            while try await self.count("outbox") > 0 { await Task.yield() }
            group.cancelAll()
        }
    }

    func signIn(
        _ email: String, _ secret: String, _ accepting: Authenticate.Secret = .apiKeyOrPassword,
        from address: String? = nil
    ) async throws -> Authenticate.Reply {
        try await self.service.authenticate(
            Authenticate(email: email, secret: secret, accepting: accepting), from: address)
    }
}
