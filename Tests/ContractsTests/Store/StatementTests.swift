import ContractParticipant
import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import PublicHTTP
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("The contracts database")
struct StatementTests {
    @Test("no statement that the service uses walks through a table")
    func noScans() async throws {
        let test = try await TestContracts()
        try await Self.walk(test)
        #expect(test.recorder.statements.count > 90)
        for statement in test.recorder.statements {
            let scans = try await QueryPlan.scans(statement, in: test.file)
            #expect(scans.isEmpty, "\(statement)")
        }
    }

    /// Uses every handler once.
    private static func walk(_ test: TestContracts) async throws {
        let service = test.service
        let (contract, _, operation) = try await ErasureTests.seeded(test)
        let other = try await test.contract("Other")
        let ada = try await test.member("ada@example.com", of: other)
        let grace = try await test.member("grace@example.com", of: other)
        let page = Page(size: 20)
        for caller in [test.admin, ada] {
            _ = try await service.listContracts(page, for: caller)
            _ = try await service.listWorkspaces(of: nil, page, for: caller)
            _ = try await service.listWorkspaces(of: other, page, for: caller)
        }
        _ = try await service.listMembers(of: other, page, for: ada)
        _ = try await service.listInvites(of: other, for: ada)
        _ = try await service.updateContract(
            other,
            ContractChange(
                name: ContractName("Renamed"), availableRoles: nil, precondition: { _ in }),
            by: ada)
        _ = try await service.updateMember(
            grace.actor.user, of: other, roles: ["admin"], by: ada)
        let invite = try await service.createInvite(
            InviteTests.draft("bob@example.com"), into: other, by: ada)
        try await service.revokeInvite(invite.id, of: other, by: ada)
        _ = try await service.createInvite(
            InviteTests.draft("bob@example.com"), into: other, by: ada)
        let filter = AuditStore.Filter(action: "member.add", actor: ada.actor.user)
        _ = try await service.listAudit(of: other, filter, page, for: test.admin)
        _ = try await service.exportAudit(of: other, filter, for: test.admin).read()
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        let token = try test.token(mailedTo: "bob@example.com", in: mailer)
        _ = try await service.acceptInvite(token, as: InviteTests.newcomer, requestID: "r")
        let workspace = try await service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Orders")), type: .full, contract: other),
            by: ada
        ).workspace.id
        _ = try await service.workspace(workspace, for: ada)
        _ = try await service.authorize(
            Authorize(
                user: ada.actor.user, tenant: FakePeers.tenant, isTenantAdmin: false,
                permission: nil, scope: .workspace(workspace)))
        let team = try await TeamTests.team("Walkers", of: other, test, by: test.admin)
        _ = try await service.authorize(
            Authorize(
                user: ada.actor.user, tenant: FakePeers.tenant, isTenantAdmin: false,
                permission: nil, scope: .team(team)))
        try await Self.walkParts(test, other, workspace, ada, grace.actor.user)
        try await service.removeMember(grace.actor.user, of: other, by: ada)
        try await test.deliver()
        _ = try await service.listContractStates(ListContractStates())
        try await service.resolveDeletions(since: 0)
        try await service.forget()
        _ = try await service.purge.count(contract)
        try await ErasureTests.purge(test, contract, operation)
        let users = try await service.usersToRelease(UsersToRelease(operation: operation)).users
        _ = try await service.confirmUsersReleased(
            ConfirmUsersReleased(operation: operation, users: users))
        _ = try await service.finishDeletion(
            FinishDeletion(
                operation: operation, contract: contract, epoch: 4,
                receiptDigest: [UInt8](repeating: 1, count: 32)))
    }

    /// Uses every handler of lists, workspaces, teams, invites and explanations once.
    private static func walkParts(
        _ test: TestContracts, _ contract: ContractID, _ workspace: WorkspaceID,
        _ ada: Caller, _ grace: UserID
    ) async throws {
        let service = test.service
        let page = Page(number: 2, size: 20)
        for caller in [test.admin, ada] {
            for keys in [nil, "name", "-created_at"] as [String?] {
                let order = ListOrder(keys: try Self.keys(keys))
                _ = try await service.listContracts(page, { $0.order = order }, for: caller)
                _ = try await service.listWorkspaces(
                    of: nil, page, { $0.order = order }, for: caller)
                for contract in [nil, contract] {
                    _ = try await service.listTeams(of: contract, page, order, for: caller)
                }
            }
            _ = try await service.listContracts(page, { $0.name = "Other" }, for: caller)
            _ = try await service.listContracts(
                page, { $0.states = ContractFilter.states(calledPublicly: "deleting") },
                for: caller)
            _ = try await service.listWorkspaces(
                of: contract, page, { $0.type = .full }, for: caller)
        }
        _ = try await service.updateWorkspace(
            workspace, WorkspaceChange(name: ContractName("Renamed")), by: ada)
        _ = try await service.workspaceRoles(workspace, for: ada)
        _ = try await service.addWorkspaceMember(grace, to: workspace, roles: ["guest"], by: ada)
        _ = try await service.updateWorkspaceMember(
            grace, of: workspace, roles: ["admin"], by: ada)
        _ = try await service.listWorkspaceMembers(of: workspace, for: ada)
        try await service.removeWorkspaceMember(grace, of: workspace, by: ada)
        let invite = try await service.createInvite(
            email: "cy@example.com", roles: ["guest"], contractRoles: ["member"],
            into: workspace, by: ada)
        _ = try await service.listWorkspaceInvites(of: workspace, for: ada)
        _ = try await service.updateInvite(
            invite.id, of: contract, InviteChange(roles: ["admin"]), by: ada)
        test.clock.advance(milliseconds: 60_000)
        _ = try await service.resendInvite(invite.id, of: contract, by: ada)
        try await service.revokeInvite(invite.id, into: workspace, by: ada)
        let team = try await TeamTests.team("Builders", of: contract, test, by: test.admin)
        _ = try await service.addTeamMember(grace, to: team, by: test.admin)
        _ = try await service.listTeamMembers(of: team, page, for: ada)
        _ = try await service.renameTeam(
            team, try #require(ContractName("Makers")), by: test.admin)
        _ = try await service.team(team, for: ada)
        let owned = try await service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Hers")), type: .full, contract: contract),
            by: TestContracts.caller(grace)
        ).workspace.id
        _ = try await service.explainPermissions(
            of: grace, in: contract, workspace: owned, for: ada)
        _ = try await service.planDeletion(of: contract, for: test.admin)
        let doomed = try await TeamTests.team("Doomed", of: contract, test, by: test.admin)
        try await service.deleteTeam(doomed, by: test.admin)
        try await service.deleteWorkspace(workspace, by: ada)
    }

    static func keys(_ text: String?) throws -> [SortKey] {
        try QueryParameters(
            text.map { "sort=\($0)" } ?? "", for: [.sort(ListOrder.attributes)]
        ).sort
    }

    @Test("opening a database again applies no migration twice")
    func migrations() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            let database = try await SQLiteDatabase.open(
                at: folder.file("contracts.sqlite"), migrations: ContractsMigrations.all)
            try await database.close()
        }
    }
}
