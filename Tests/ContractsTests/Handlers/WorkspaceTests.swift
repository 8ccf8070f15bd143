import ContractsDomain
import ContractsFakes
import Identifiers
import IdentityAPI
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Changing, deleting and joining workspaces")
struct WorkspaceTests {
    static func workspace(
        _ test: TestContracts, of contract: ContractID, by caller: Caller
    ) async throws -> WorkspaceID {
        try await test.service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Orders")), type: .limited, contract: contract),
            by: caller
        ).workspace.id
    }

    @Test("its owner renames it; only a Tenant Admin makes a limited workspace a full one")
    func editing() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let id = try await Self.workspace(test, of: contract, by: ada)
        let renamed = try await test.service.updateWorkspace(
            id, WorkspaceChange(name: ContractName("Invoices")), by: ada
        ).workspace
        #expect(renamed.name == "Invoices")
        #expect(renamed.version == 2)
        let same = try await test.service.updateWorkspace(
            id, WorkspaceChange(name: ContractName("Invoices")), by: ada
        ).workspace
        #expect(same.version == 2, "nothing changed")
        let byOwner = try await refusal {
            try await test.service.updateWorkspace(
                id, WorkspaceChange(name: ContractName("Other"), type: .full), by: ada)
        }
        guard case .forbidden = byOwner else {
            Issue.record("\(String(describing: byOwner))")
            return
        }
        let full = try await test.service.updateWorkspace(
            id, WorkspaceChange(type: .full), by: test.admin
        ).workspace
        #expect(full.type == .full)
        #expect(full.name == "Invoices", "the refused change left nothing")
    }

    @Test("a deleted workspace takes its members and invites along and is closed at the runtime")
    func deleting() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let id = try await Self.workspace(test, of: contract, by: ada)
        let kept = try await Self.workspace(test, of: contract, by: ada)
        for (email, workspace) in [
            ("bob@example.com", id), ("cy@example.com", kept), ("di@example.com", id),
        ] {
            _ = try await test.service.createInvite(
                InviteTests.draft(email, workspace: workspace, workspaceRoles: ["guest"]),
                into: contract, by: ada)
        }
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        _ = try await test.service.acceptInvite(
            test.token(mailedTo: "bob@example.com", in: mailer), as: InviteTests.newcomer,
            requestID: "r")
        try await test.service.deleteWorkspace(id, by: ada)
        let gone = try await refusal { try await test.service.workspace(id, for: ada) }
        #expect(gone == .workspaceNotFound)
        let again = try await refusal { try await test.service.deleteWorkspace(id, by: ada) }
        #expect(again == .workspaceNotFound)
        let invites = try await test.service.listInvites(of: contract, for: ada).invites
        #expect(invites.map(\.workspace) == [kept])
        let events = try await test.recorder.read { transaction in
            try AuditStore.verifiedEvents(of: contract, in: transaction)
        }
        let revoked = events.filter { $0.action == "invite.revoke" }
        #expect(revoked.count == 1, "the platform's own systems hear of every invite that ends")
        #expect(test.peers.closedWorkspaces.isEmpty)
        try await test.deliver()
        #expect(test.peers.closedWorkspaces == [id])
        let members = try await test.service.listMembers(of: contract, nil, for: ada).members
        #expect(members.count == 2, "members of the contract stay")
    }

    @Test("members of the contract join and leave; the last owner stays")
    func membership() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        let eve = test.peers.addPerson("eve@example.com")
        let id = try await Self.workspace(test, of: contract, by: ada)
        let member = try await test.service.addWorkspaceMember(
            grace.actor.user, to: id, roles: ["Integrator"], by: ada)
        #expect(member.roles == ["integrator"])
        #expect(member.person?.email == "grace@example.com")
        for (user, expected) in [
            (grace.actor.user, Refusal.alreadyInPart), (eve, .notContractMember),
        ] {
            let found = try await refusal {
                try await test.service.addWorkspaceMember(user, to: id, roles: ["guest"], by: ada)
            }
            #expect(found == expected)
        }
        for roles in [["guest"], nil] as [[String]?] {
            let found = try await refusal {
                if let roles {
                    _ = try await test.service.updateWorkspaceMember(
                        ada.actor.user, of: id, roles: roles, by: ada)
                } else {
                    try await test.service.removeWorkspaceMember(
                        ada.actor.user, of: id, by: ada)
                }
            }
            #expect(found == .lastWorkspaceOwner)
        }
        _ = try await test.service.updateWorkspaceMember(
            grace.actor.user, of: id, roles: ["owner"], by: ada)
        try await test.service.removeWorkspaceMember(ada.actor.user, of: id, by: grace)
        let left = try await test.service.listWorkspaceMembers(of: id, for: grace)
        #expect(left.members.map(\.roles) == [["owner"]])
        #expect(left.total == 1)
    }

    @Test(
        "of two owners who remove each other from a workspace at once one stays", arguments: 0..<20)
    func removingEachOther(round: Int) async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        let id = try await Self.workspace(test, of: contract, by: ada)
        _ = try await test.service.addWorkspaceMember(
            grace.actor.user, to: id, roles: ["owner"], by: ada)
        let outcomes = try await withThrowingTaskGroup(of: Refusal?.self) { group in
            for (owner, other) in [(ada, grace), (grace, ada)] {
                group.addTask {
                    try await refusal {
                        try await test.service.removeWorkspaceMember(
                            other.actor.user, of: id, by: owner)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1, "round \(round)")
        let left = try await test.service.listWorkspaceMembers(of: id, for: test.admin)
        #expect(left.total == 1)
    }

    @Test("an invite into a workspace makes the invited a member of both, members need none")
    func invites() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let id = try await Self.workspace(test, of: contract, by: ada)
        let invite = try await test.service.createInvite(
            email: "bob@example.com", roles: ["guest"], contractRoles: ["member"], into: id,
            by: ada)
        #expect(invite.contract == contract)
        #expect(
            try await test.service.listWorkspaceInvites(of: id, for: ada).invites.map(\.id) == [
                invite.id
            ])
        let known = try await refusal {
            try await test.service.createInvite(
                email: "ada@example.com", roles: ["guest"], contractRoles: ["member"], into: id,
                by: ada)
        }
        #expect(known == .inviteNotNeeded)
        let elsewhere = try await Self.workspace(test, of: contract, by: ada)
        let wrong = try await refusal {
            try await test.service.revokeInvite(invite.id, into: elsewhere, by: ada)
        }
        #expect(wrong == .inviteNotFound)
        try await test.service.revokeInvite(invite.id, into: id, by: ada)
        #expect(try await test.service.listInvites(of: contract, for: ada).total == 0)
    }
}
