import ContractsDomain
import ContractsFakes
import Identifiers
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Changing invites and sending them again")
struct InviteEditingTests {
    @Test("roles and workspace of a pending invite change, its token stays good")
    func updating() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let workspace = try await WorkspaceTests.workspace(test, of: contract, by: ada)
        let invite = try await test.service.createInvite(
            InviteTests.draft("bob@example.com"), into: contract, by: ada)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        func update(_ change: InviteChange) async throws -> InviteRow {
            try await test.service.updateInvite(invite.id, of: contract, change, by: ada)
        }
        let rootless = try await refusal {
            try await update(InviteChange(workspaceRoles: ["guest"]))
        }
        #expect(rootless == .workspaceMissing)
        let roleless = try await refusal {
            try await update(InviteChange(workspace: .workspace(workspace)))
        }
        #expect(roleless == .workspaceRolesMissing)
        let unknown = try await refusal {
            try await update(
                InviteChange(
                    roles: ["king"], workspace: .workspace(workspace), workspaceRoles: ["queen"]))
        }
        guard case .rolesInBoth = unknown else {
            Issue.record("\(String(describing: unknown))")
            return
        }
        let changed = try await update(
            InviteChange(
                roles: ["Admin"], workspace: .workspace(workspace), workspaceRoles: ["guest"]))
        #expect(changed.roles == ["admin"])
        #expect(changed.workspaceRoles == ["guest"])
        let member = try await test.service.acceptInvite(
            test.token(mailedTo: "bob@example.com", in: mailer), as: InviteTests.newcomer,
            requestID: "r")
        #expect(member.roles == ["admin"])
        let late = try await refusal { try await update(InviteChange(roles: ["member"])) }
        #expect(late == .inviteNotFound)
    }

    @Test("the invite of a contract's first owner cannot become another's")
    func firstOwner() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let invite = try await test.service.createInvite(
            InviteTests.draft("bob@example.com", roles: ["owner"]), into: contract,
            by: test.admin)
        let found = try await refusal {
            try await test.service.updateInvite(
                invite.id, of: contract, InviteChange(roles: ["member"]), by: test.admin)
        }
        #expect(found == .firstMemberMustBeOwner)
    }

    @Test("invites die with the roles they would give, in the contract and in the workspace")
    func unavailableRoles() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let workspace = try await WorkspaceTests.workspace(test, of: contract, by: ada)
        for (number, (role, workspaceRole)) in [
            ("member", nil), ("admin", nil), ("member", "guest"), ("member", "admin"),
        ].enumerated() {
            _ = try await test.service.createInvite(
                InviteTests.draft(
                    "invited-\(number)@example.com", roles: [role],
                    workspace: workspaceRole.map { _ in workspace },
                    workspaceRoles: workspaceRole.map { [$0] } ?? []),
                into: contract, by: ada)
        }
        let (_, revoked) = try await test.service.updateContract(
            contract,
            ContractChange(
                name: nil,
                availableRoles: [
                    .init(.contracts, "member"), .init(.workspaces, "admin"),
                    .owner(of: .contracts), .owner(of: .workspaces),
                ], precondition: { _ in }),
            by: test.admin)
        #expect(revoked == 2)
        let left = try await test.service.listInvites(of: contract, for: ada)
        #expect(left.total == 2)
        #expect(Set(left.invites.map(\.workspaceRoles)) == [[], ["admin"]])
        #expect(left.invites.allSatisfy { $0.roles == ["member"] })
    }

    @Test("an e-mail that still waits is not sent once the invite has another token")
    func replacedMail() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let invite = try await test.service.createInvite(
            InviteTests.draft("bob@example.com"), into: contract, by: ada)
        test.clock.advance(milliseconds: 60_000)
        _ = try await test.service.resendInvite(invite.id, of: contract, by: ada)
        let mails = try await test.messages().filter { $0.destination == "mail" }
        #expect(mails.map(\.epoch) == [test.clock.nowMilliseconds])
    }

    @Test("sent again, an invite has a new token and new time; the token before is worth nothing")
    func resending() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let invite = try await test.service.createInvite(
            InviteTests.draft("bob@example.com"), into: contract, by: ada)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        let first = try test.token(mailedTo: "bob@example.com", in: mailer)
        func resend() async throws -> InviteRow {
            try await test.service.resendInvite(invite.id, of: contract, by: ada)
        }
        #expect(try await refusal { try await resend() } == .resentTooSoon(seconds: 60))
        // Past its time: sending it again makes it good again.
        test.clock.advance(
            milliseconds: (InviteRules.validDays + 1) * InviteRules.dayMilliseconds)
        let sent = try await resend()
        #expect(sent.id == invite.id)
        #expect(sent.expiresAt > test.clock.nowMilliseconds)
        try await test.deliver(mailer)
        let second = try test.token(mailedTo: "bob@example.com", in: mailer)
        #expect(first != second)
        let old = try await refusal { try await test.service.invite(presenting: first) }
        #expect(old == .inviteNotFound)
        let shown = try await test.service.invite(presenting: second)
        #expect(shown.invite.id == invite.id)
        #expect(mailer.messages.count == 2)
        try await test.service.revokeInvite(invite.id, of: contract, by: ada)
        #expect(try await refusal { try await resend() } == .inviteNotFound)
    }
}
