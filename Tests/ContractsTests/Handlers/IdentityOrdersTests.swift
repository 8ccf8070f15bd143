import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("What identity has done to memberships and roles")
struct IdentityOrdersTests {
    static func removal(of user: UserID, by admin: Caller) -> RemoveUser {
        RemoveUser(
            user: user, tenant: FakePeers.tenant, actor: admin.actor.user, requestID: "request-1")
    }

    @Test("a user leaves every contract, is marked, and identity is told to delete them")
    func removes() async throws {
        let test = try await TestContracts()
        var contracts: [ContractID] = []
        let user = test.peers.addPerson("ada@example.com", id: UserID(secondsSince1970: 7))
        for name in ["One", "Two", "Three"] {
            let contract = try await test.contract("Contract \(name)")
            _ = try await test.member("owner-\(name)@example.com", of: contract)
            _ = try await test.service.addMember(
                user, to: contract, roles: ["member"], by: test.admin)
            contracts.append(contract)
        }
        let request = Self.removal(of: user, by: test.admin)
        for _ in 0..<2 { #expect(try await test.service.removeUser(request) == .removed) }
        for contract in contracts {
            #expect(try await test.roles(of: user, in: contract) == nil)
        }
        let again = try await refusal {
            try await test.service.addMember(
                user, to: contracts[0], roles: ["member"], by: test.admin)
        }
        #expect(again == .userIsBeingRemoved)
        try await test.deliver()
        #expect(test.peers.released == [user])
    }

    @Test("a user who never was a member is marked and released too")
    func lonely() async throws {
        let test = try await TestContracts()
        let user = test.peers.addPerson("ada@example.com", id: UserID(secondsSince1970: 7))
        let request = Self.removal(of: user, by: test.admin)
        #expect(try await test.service.removeUser(request) == .removed)
        try await test.deliver()
        #expect(test.peers.released == [user])
    }

    @Test("a last owner stays in every contract, and so does a member of a suspended one")
    func stays() async throws {
        let test = try await TestContracts()
        let free = try await test.contract("Free")
        let owned = try await test.contract("Owned")
        let suspended = try await test.contract("Suspended")
        _ = try await test.member("other@example.com", of: free)
        let user = test.peers.addPerson("ada@example.com", id: UserID(secondsSince1970: 7))
        for (contract, role) in [(free, "member"), (owned, "owner"), (suspended, "owner")] {
            _ = try await test.service.addMember(
                user, to: contract, roles: [role], by: test.admin)
        }
        let bob = test.peers.addPerson("bob@example.com", id: UserID(secondsSince1970: 8))
        _ = try await test.service.addMember(bob, to: owned, roles: ["member"], by: test.admin)
        _ = try await test.service.suspendContract(
            suspended, reason: nil, until: nil, by: test.admin)
        let reply = try await test.service.removeUser(Self.removal(of: user, by: test.admin))
        guard case .refused(let obstacles, let total) = reply else {
            Issue.record("removed")
            return
        }
        #expect(total == 2)
        #expect(
            Set(obstacles) == [
                .init(contract: owned, reason: .lastOwner),
                .init(contract: suspended, reason: .suspended),
            ])
        #expect(try await test.roles(of: user, in: free) == ["member"])
    }

    static func retirement(
        _ names: [String], done: Bool = false, by admin: Caller
    ) -> RetireRoles {
        RetireRoles(
            tenant: FakePeers.tenant,
            roles: names.map { .init(scope: "contracts", name: $0) }, isDone: done,
            actor: admin.actor.user, requestID: "request-1")
    }

    @Test("roles are counted where they are held, listed and named, and nowhere else")
    func counts() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract(
            availableRoles: [
                .init(.contracts, "admin"), .init(.contracts, "member"), .owner(of: .contracts),
            ])
        let owner = try await test.member("owner@example.com", of: contract)
        let user = test.peers.addPerson("ada@example.com", id: UserID(secondsSince1970: 7))
        _ = try await test.service.addMember(
            user, to: contract, roles: ["admin", "member"], by: test.admin)
        let invites = try await test.invites(["admin", "member"], to: contract, by: owner)
        #expect(invites == 2)
        let uses = try await test.service.retireRoles(
            Self.retirement(["admin", "member", "owner", "nothing"], by: test.admin)
        ).uses
        #expect(uses.map(\.members) == [1, 1, 1, 0])
        #expect(uses.map(\.contracts) == [1, 1, 1, 0])
        #expect(uses.map(\.invites) == [1, 1, 0, 0])
    }

    @Test("once roles are gone the pending invites that name them are, and no others")
    func revokes() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let owner = try await test.member("owner@example.com", of: contract)
        _ = try await test.invites(["admin", "member", "admin"], to: contract, by: owner)
        let asked = Self.retirement(["admin"], by: test.admin)
        #expect(try await test.service.retireRoles(asked).uses.map(\.invites) == [2])
        #expect(try await test.service.retireRoles(asked).uses.map(\.invites) == [2])
        let done = Self.retirement(["admin"], done: true, by: test.admin)
        #expect(try await test.service.retireRoles(done).uses.map(\.invites) == [2])
        #expect(try await test.service.retireRoles(done).uses.map(\.invites) == [0])
        let left = Self.retirement(["member"], by: test.admin)
        #expect(try await test.service.retireRoles(left).uses.map(\.invites) == [1])
    }

    @Test("a catalogue that was replaced is asked for again at once")
    func forgets() async throws {
        let test = try await TestContracts()
        for _ in 0..<2 { _ = try await test.service.roles.catalogue(of: FakePeers.tenant) }
        let before = test.peers.identity.calls.filter { $0 == "ListRoles" }.count
        _ = try await test.service.retireRoles(Self.retirement([], done: true, by: test.admin))
        _ = try await test.service.roles.catalogue(of: FakePeers.tenant)
        #expect(test.peers.identity.calls.filter { $0 == "ListRoles" }.count == before + 1)
    }

    @Test("no statement of theirs walks through a growing table")
    func plans() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let owner = try await test.member("owner@example.com", of: contract)
        _ = try await test.invites(["admin"], to: contract, by: owner)
        let before = test.recorder.statements
        _ = try await test.service.retireRoles(
            Self.retirement(["admin"], done: true, by: test.admin))
        _ = try await test.service.removeUser(
            Self.removal(of: owner.actor.user, by: test.admin))
        let statements = test.recorder.statements.filter { !before.contains($0) }
        #expect(statements.count > 5)
        for statement in statements {
            let scans = try await QueryPlan.scans(statement, in: test.file, except: [])
            #expect(scans == [], "\(statement)")
            #expect(PortableSQL.faults(in: statement) == [], "\(statement)")
        }
    }

    @Test("a service account becomes no owner, neither added, changed nor invited")
    func serviceAccounts() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let owner = try await test.member("owner@example.com", of: contract)
        let bot = test.peers.addPerson("bot@example.com", isServiceAccount: true)
        let added = try await refusal {
            try await test.service.addMember(
                bot, to: contract, roles: ["Owner"], by: test.admin)
        }
        #expect(added == .serviceAccountOwner)
        let invited = try await refusal {
            try await test.service.createInvite(
                InviteDraft(
                    email: "bot@example.com", roles: ["member", "owner"], workspace: nil,
                    workspaceRoles: []),
                into: contract, by: owner)
        }
        #expect(invited == .serviceAccountOwner)
        _ = try await test.service.addMember(
            bot, to: contract, roles: ["member"], by: test.admin)
        let changed = try await refusal {
            try await test.service.updateMember(
                bot, of: contract, roles: ["owner"], by: owner)
        }
        #expect(changed == .serviceAccountOwner)
    }

    @Test("more roles than may be named are refused")
    func bounded() async throws {
        let test = try await TestContracts()
        let many = Self.retirement((0...200).map { "r\($0)" }, by: test.admin)
        await #expect(throws: RPCError.self) { _ = try await test.service.retireRoles(many) }
    }
}

extension TestContracts {
    /// The roles of a member; `nil` for somebody who is none.
    fileprivate func roles(
        of user: UserID, in contract: ContractID
    ) async throws -> [String]? {
        try await self.file.read { try MemberStore.roles(of: user, in: contract, $0) }
    }

    /// Invites somebody new for each role; says how many.
    fileprivate func invites(
        _ roles: [String], to contract: ContractID, by owner: Caller
    ) async throws -> Int {
        for (index, role) in roles.enumerated() {
            _ = try await self.service.createInvite(
                InviteDraft(
                    email: "invited-\(index)@example.com", roles: [role], workspace: nil,
                    workspaceRoles: []),
                into: contract, by: owner)
        }
        return roles.count
    }
}
