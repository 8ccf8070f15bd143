import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import RPC
import Storage
import TestKit

@testable import ContractsServer

/// A contracts service of a test's own: its database, its clock, its peers.
struct TestContracts {
    let folder: TemporaryFolder
    let file: SQLiteDatabase
    let recorder: StatementRecorder
    let clock = ManualWallClock()
    let waiting = ManualClock()
    let peers = FakePeers()
    let service: ContractsService
    /// A Tenant Admin.
    let admin: Caller

    init() async throws {
        self.folder = try TemporaryFolder()
        self.file = try await SQLiteDatabase.open(
            at: self.folder.file("contracts.sqlite"), migrations: ContractsMigrations.all)
        self.recorder = StatementRecorder(self.file)
        var limits = ContractsLimits()
        limits.fenceMillisecondsMax = 5_000
        self.service = ContractsService(
            database: self.recorder, peers: self.peers.clients,
            mail: MailSettings(from: "covenant@example.com", baseURL: "http://localhost/"),
            limits: limits, clock: self.clock, waiting: self.waiting)
        let user = self.peers.addPerson("admin@example.com", isTenantAdmin: true)
        self.admin = Self.caller(user, isTenantAdmin: true)
    }

    static func caller(
        _ user: UserID, isTenantAdmin: Bool = false, tenant: TenantID = FakePeers.tenant
    ) -> Caller {
        Caller(
            actor: .init(user: user, tenant: tenant, isTenantAdmin: isTenantAdmin),
            catalogue: DefaultRoles.catalogue, requestID: "request-1")
    }

    /// A contract without members.
    func contract(
        _ name: String = "My Contract", availableRoles: [RoleReference] = []
    ) async throws -> ContractID {
        guard let name = ContractName(name) else { throw Missing() }
        return try await self.service.createContract(
            ContractDraft(name: name, supportUser: nil, availableRoles: availableRoles),
            by: self.admin
        ).id
    }

    /// Makes a user and a member of a contract.
    func member(
        _ email: String, of contract: ContractID, roles: [String] = ["owner"]
    ) async throws -> Caller {
        let user = self.peers.addPerson(email)
        _ = try await self.service.addMember(user, to: contract, roles: roles, by: self.admin)
        return Self.caller(user)
    }

    /// Delivers everything the outbox holds, once.
    func deliver(_ mailer: FakeMailer = FakeMailer()) async throws {
        let waiting = try await self.messages()
        for message in waiting { try await self.service.deliver(message, mailer: mailer) }
        try await self.file.write { try $0.execute("DELETE FROM outbox") }
    }

    /// What waits in the outbox, in order.
    func messages() async throws -> [OutboxMessage] {
        try await self.file.read { transaction in
            try transaction.rows(
                "SELECT destination, message_key, epoch, kind, payload FROM outbox ORDER BY sequence"
            ).map { row in
                OutboxMessage(
                    destination: try row.text("destination"), key: try row.text("message_key"),
                    epoch: try row.int64("epoch"), kind: try row.text("kind"),
                    payload: try row.blob("payload"))
            }
        }
    }

    /// The state a contract is in; `nil` when it is gone.
    func lifecycle(of contract: ContractID) async throws -> Lifecycle? {
        try await self.file.read { try ContractStore.find(contract, in: $0)?.lifecycle }
    }

    /// The token in the e-mail to an address.
    func token(mailedTo email: String, in mailer: FakeMailer) throws -> String {
        guard let mail = mailer.messages.last(where: { $0.to == email }),
            let match = mail.text.firstMatch(of: #/\/v2\/invites\/([A-Za-z0-9_-]+)\n/#)
        else { throw Missing() }
        return String(match.output.1)
    }

    struct Missing: Error {}
}

/// Runs something that must be refused by a rule, and gives the refusal.
func refusal<Value>(_ body: () async throws -> Value) async throws -> Refusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as Refusal {
        return refusal
    }
}
