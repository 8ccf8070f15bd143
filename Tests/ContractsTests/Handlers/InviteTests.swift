import ContractsDomain
import ContractsFakes
import Identifiers
import IdentityAPI
import PublicHTTP
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Inviting and accepting")
struct InviteTests {
    static func draft(
        _ email: String, roles: [String] = ["member"], workspace: WorkspaceID? = nil,
        workspaceRoles: [String] = []
    ) -> InviteDraft {
        InviteDraft(
            email: email, roles: roles, workspace: workspace, workspaceRoles: workspaceRoles)
    }

    static let newcomer = Newcomer(
        firstName: "Grace", lastName: "Hopper", password: Secret("correct-horse-1"))

    @Test("somebody new accepts with names and a password, once")
    func newcomerAccepts() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        _ = try await test.service.createInvite(
            Self.draft("grace@example.com"), into: contract, by: ada)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        let token = try test.token(mailedTo: "grace@example.com", in: mailer)
        let shown = try await test.service.invite(presenting: token)
        #expect(shown.contract.id == contract)
        let weak = try await refusal {
            try await test.service.acceptInvite(
                token, as: Newcomer(firstName: "G", lastName: "H", password: Secret("short")),
                requestID: "r")
        }
        #expect(
            weak
                == .personRefused([
                    .init(part: "password", reason: "must have at least 8 characters.")
                ]))
        let member = try await test.service.acceptInvite(
            token, as: Self.newcomer, requestID: "r")
        #expect(member.roles == ["member"])
        #expect(member.person?.email == "grace@example.com")
        let again = try await refusal {
            try await test.service.acceptInvite(token, as: Self.newcomer, requestID: "r")
        }
        #expect(again == .inviteNotFound)
        let gone = try await refusal { try await test.service.invite(presenting: token) }
        #expect(gone == .inviteNotFound)
    }

    @Test("nobody is invited under an address that no account can have")
    func impossibleAddress() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let refused = try await refusal {
            try await test.service.createInvite(
                Self.draft("no..body@example.com"), into: contract, by: ada)
        }
        #expect(
            refused
                == .personRefused([.init(part: "email", reason: "must be an e-mail address.")]))
        let eve = TestContracts.caller(test.peers.addPerson("eve@example.com"))
        let stranger = try await refusal {
            try await test.service.createInvite(
                Self.draft("no..body@example.com"), into: contract, by: eve)
        }
        #expect(stranger == .contractNotFound)
    }

    @Test("an acceptance that broke off after the account was made is completed by repeating it")
    func brokenOff() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.service.createInvite(
            Self.draft("grace@example.com", roles: ["owner"]), into: contract, by: test.admin)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        let token = try test.token(mailedTo: "grace@example.com", in: mailer)
        _ = try await test.peers.identity.client.send(
            RegisterUser(
                tenant: FakePeers.tenant, email: "grace@example.com", firstName: "Grace",
                lastName: "Hopper", password: "correct-horse-1"))
        let other = try await refusal {
            try await test.service.acceptInvite(
                token,
                as: Newcomer(
                    firstName: "Eve", lastName: "H", password: Secret("something-else")),
                requestID: "r")
        }
        #expect(other == .accountExists)
        let member = try await test.service.acceptInvite(
            token, as: Self.newcomer, requestID: "r")
        #expect(member.roles == ["owner"])
    }

    @Test("somebody known accepts under the invited address only, and may ask again")
    func knownUserAccepts() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let workspace = try await test.service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Orders")), type: .full, contract: contract),
            by: ada)
        _ = try await test.service.createInvite(
            Self.draft(
                "Bob@Example.com", workspace: workspace.workspace.id, workspaceRoles: ["guest"]),
            into: contract, by: ada)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        let token = try test.token(mailedTo: "Bob@Example.com", in: mailer)
        func principal(_ email: String) -> Principal {
            Principal(
                user: test.peers.addPerson(email), tenant: FakePeers.tenant, email: email,
                isTenantAdmin: false)
        }
        let eve = principal("eve@example.com")
        let other = try await refusal {
            try await test.service.acceptInvite(token, as: eve, requestID: "r")
        }
        #expect(other == .inviteForAnother)
        let bob = principal("bob@example.com")
        for _ in 0..<2 {
            let member = try await test.service.acceptInvite(token, as: bob, requestID: "r")
            #expect(member.user == bob.user)
        }
        let members = try await test.service.listWorkspaceMembers(
            of: workspace.workspace.id, for: ada
        ).members
        #expect(members.first { $0.user == bob.user }?.roles == ["guest"])
        let late = try await refusal {
            try await test.service.acceptInvite(token, as: eve, requestID: "r")
        }
        #expect(late == .inviteNotFound)
    }

    @Test("an address is invited once until its invite expires, and members are not")
    func duplicates() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        func invite(_ email: String) async throws -> Refusal? {
            try await refusal {
                try await test.service.createInvite(Self.draft(email), into: contract, by: ada)
            }
        }
        #expect(try await invite("bob@example.com") == nil)
        #expect(try await invite("BOB@example.com") == .alreadyInvited)
        #expect(try await invite("ADA@example.com") == .alreadyMember)
        test.clock.advance(milliseconds: InviteRules.validDays * InviteRules.dayMilliseconds)
        #expect(try await invite("bob@example.com") == nil)
        let open = try await test.service.listInvites(of: contract, for: ada).invites
        #expect(open.map(\.email) == ["bob@example.com"])
    }

    @Test("an expired, revoked or forged token opens nothing, and a closed contract refuses")
    func deadTokens() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let mailer = FakeMailer()
        var tokens: [String: String] = [:]
        var invites: [String: InviteID] = [:]
        for name in ["bob", "eve"] {
            let email = "\(name)@example.com"
            invites[name] = try await test.service.createInvite(
                Self.draft(email), into: contract, by: ada
            ).id
            try await test.deliver(mailer)
            tokens[name] = try test.token(mailedTo: email, in: mailer)
        }
        let bob = try #require(tokens["bob"])
        let eve = try #require(tokens["eve"])
        func accept(_ token: String) async throws -> Refusal? {
            try await refusal {
                try await test.service.acceptInvite(token, as: Self.newcomer, requestID: "r")
            }
        }
        try await test.service.revokeInvite(try #require(invites["bob"]), of: contract, by: ada)
        #expect(try await accept(bob) == .inviteNotFound)
        #expect(try await accept("forged") == .inviteNotFound)
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: nil, by: test.admin)
        guard case .state = try await accept(eve) else {
            Issue.record("an invite into a suspended contract is accepted")
            return
        }
        test.clock.advance(milliseconds: InviteRules.validDays * InviteRules.dayMilliseconds)
        #expect(try await accept(eve) == .inviteNotFound)
        test.clock.advance(milliseconds: InviteRules.keptDays * InviteRules.dayMilliseconds + 1)
        try await test.service.forget()
        let left = try await test.file.read {
            try $0.row("SELECT COUNT(*) AS found FROM invite")?.int("found")
        }
        #expect(left == 0)
    }

    @Test("into a workspace only those invite who administer it")
    func workspaceInvites() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        let other = try await test.contract("Other")
        let workspace = try await test.service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Orders")), type: .limited, contract: nil),
            by: ada
        ).workspace.id
        let draft = Self.draft(
            "bob@example.com", workspace: workspace, workspaceRoles: ["integrator"])
        let byGrace = try await refusal {
            try await test.service.createInvite(draft, into: contract, by: grace)
        }
        guard case .forbidden = byGrace else {
            Issue.record("\(String(describing: byGrace))")
            return
        }
        let elsewhere = try await refusal {
            try await test.service.createInvite(draft, into: other, by: test.admin)
        }
        #expect(elsewhere == .workspaceNotFound)
        let invite = try await test.service.createInvite(draft, into: contract, by: ada)
        #expect(invite.workspaceRoles == ["integrator"])
    }
}
