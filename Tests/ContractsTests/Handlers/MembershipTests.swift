import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import IdentityAPI
import Testing

@testable import ContractsServer

@Suite("Joining, changing and leaving a contract")
struct MembershipTests {
    @Test("a contract begins with its owner")
    func firstMember() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let user = test.peers.addPerson("ada@example.com")
        let early = try await refusal {
            try await test.service.addMember(
                user, to: contract, roles: ["admin"], by: test.admin)
        }
        #expect(early == .firstMemberMustBeOwner)
        let member = try await test.service.addMember(
            user, to: contract, roles: ["Owner"], by: test.admin)
        #expect(member.roles == ["owner"])
        #expect(member.person?.email == "ada@example.com")
    }

    @Test("nobody is added twice, and only users of the tenant are added")
    func adding() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let twice = try await refusal {
            try await test.service.addMember(
                ada.actor.user, to: contract, roles: ["member"], by: test.admin)
        }
        #expect(twice == .alreadyMember)
        let foreign = test.peers.addPerson("eve@example.com", tenant: TenantID(secondsSince1970: 9))
        for user in [foreign, UserID(secondsSince1970: 1)] {
            let unknown = try await refusal {
                try await test.service.addMember(
                    user, to: contract, roles: ["member"], by: test.admin)
            }
            #expect(unknown == .userNotFound)
        }
    }

    @Test("roles that are not available in the contract are not given")
    func availableRoles() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract(
            availableRoles: [.init(.contracts, "admin"), .owner(of: .contracts)])
        let ada = try await test.member("ada@example.com", of: contract)
        let found = try await refusal {
            try await test.service.updateMember(
                ada.actor.user, of: contract, roles: ["owner", "member"], by: ada)
        }
        guard case .roles(.contracts, let faults) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(faults.list.map(\.index) == [1])
    }

    @Test("the last owner neither leaves nor steps down while others remain")
    func lastOwner() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        let leaving = try await refusal {
            try await test.service.removeMember(ada.actor.user, of: contract, by: ada)
        }
        let steppingDown = try await refusal {
            try await test.service.updateMember(
                ada.actor.user, of: contract, roles: ["admin"], by: ada)
        }
        #expect(leaving == .lastOwner)
        #expect(steppingDown == .lastOwner)
        try await test.service.removeMember(grace.actor.user, of: contract, by: ada)
        try await test.service.removeMember(ada.actor.user, of: contract, by: ada)
        let left = try await test.service.contract(contract, for: test.admin)
        #expect(left.members.isEmpty)
    }

    @Test("of two owners who remove each other at once exactly one stays", arguments: 0..<50)
    func removingEachOther(round: Int) async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        let outcomes = try await withThrowingTaskGroup(of: Refusal?.self) { group in
            for (owner, other) in [(ada, grace), (grace, ada)] {
                group.addTask {
                    try await refusal {
                        try await test.service.removeMember(
                            other.actor.user, of: contract, by: owner)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // The second remover is no member any more, or would remove the last owner.
        #expect(outcomes.count { $0 == nil } == 1, "round \(round)")
        let left = try await test.service.contract(contract, for: test.admin)
        #expect(left.members.map(\.roles) == [["owner"]])
    }

    @Test("a user with no other contract leaves the platform and cannot be added meanwhile")
    func leavingThePlatform() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let other = try await test.contract("Another")
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        _ = try await test.service.addMember(
            grace.actor.user, to: other, roles: ["owner"], by: test.admin)
        try await test.service.removeMember(grace.actor.user, of: contract, by: ada)
        try await test.deliver()
        #expect(test.peers.released.isEmpty, "grace has another contract")

        try await test.service.removeMember(ada.actor.user, of: contract, by: ada)
        let adding = try await refusal {
            try await test.service.addMember(
                ada.actor.user, to: other, roles: ["member"], by: test.admin)
        }
        #expect(adding == .userIsBeingRemoved)
        try await test.deliver()
        #expect(test.peers.released == [ada.actor.user])
    }

    @Test("a Tenant Admin never leaves the platform and may be added again")
    func protectedUser() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let admin = test.admin.actor.user
        _ = try await test.service.addMember(
            admin, to: contract, roles: ["owner"], by: test.admin)
        try await test.service.removeMember(admin, of: contract, by: test.admin)
        try await test.deliver()
        #expect(test.peers.released.isEmpty)
        let again = try await test.service.addMember(
            admin, to: contract, roles: ["owner"], by: test.admin)
        #expect(again.roles == ["owner"])
    }

    @Test("to a stranger there is no contract, to a plain member some things are forbidden")
    func strangers() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        let eve = TestContracts.caller(test.peers.addPerson("eve@example.com"))
        for stranger in [
            eve,
            TestContracts.caller(
                ada.actor.user, isTenantAdmin: true, tenant: TenantID(secondsSince1970: 9)),
        ] {
            let reading = try await refusal {
                try await test.service.contract(contract, for: stranger)
            }
            let removing = try await refusal {
                try await test.service.removeMember(ada.actor.user, of: contract, by: stranger)
            }
            #expect(reading == .contractNotFound)
            #expect(removing == .contractNotFound)
        }
        let removing = try await refusal {
            try await test.service.removeMember(ada.actor.user, of: contract, by: grace)
        }
        guard case .forbidden = removing else {
            Issue.record("a member removes an owner")
            return
        }
    }

    @Test("peers are told what a member may do, and that a stranger knows nothing")
    func authorizing() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let view = try await test.service.createWorkspace(
            WorkspaceDraft(
                name: try #require(ContractName("Orders")), type: .full, contract: nil),
            by: ada)
        func ask(
            _ user: UserID, _ permission: String?, _ scope: Authorize.Scope,
            isTenantAdmin: Bool = false
        ) async throws -> Authorize.Reply {
            try await test.service.authorize(
                Authorize(
                    user: user, tenant: FakePeers.tenant, isTenantAdmin: isTenantAdmin,
                    permission: permission, scope: scope))
        }
        let user = ada.actor.user
        let grant = Authorize.Grant(contract: contract, tenant: FakePeers.tenant, role: "owner")
        #expect(try await ask(user, nil, .contract(contract)) == .allowed(grant))
        #expect(
            try await ask(user, "workspaces.flow.edit", .workspace(view.workspace.id))
                == .allowed(grant))
        #expect(try await ask(UserID(secondsSince1970: 1), nil, .contract(contract)) == .notFound)
        #expect(
            try await ask(user, nil, .workspace(WorkspaceID(secondsSince1970: 1))) == .notFound)
        guard
            case .denied = try await ask(user, "contracts.repository.edit", .contract(contract)),
            case .allowed(let byAdmin) = try await ask(
                UserID(secondsSince1970: 1), "anything", .contract(contract), isTenantAdmin: true)
        else {
            Issue.record("the owner edits repositories, or the Tenant Admin may not")
            return
        }
        #expect(byAdmin.role == "tenant-admin")
        _ = try await test.service.updateMember(
            user, of: contract, roles: ["owner", "admin"], by: ada)
        let team = try await TeamTests.team("Builders", of: contract, test, by: ada)
        let byTeam = Authorize.Grant(
            contract: contract, tenant: FakePeers.tenant, role: "admin", team: "Builders")
        #expect(
            try await ask(user, "contracts.repository.edit", .team(team)) == .allowed(byTeam))
        #expect(try await ask(UserID(secondsSince1970: 1), nil, .team(team)) == .notFound)
        #expect(try await ask(user, nil, .team(TeamID(secondsSince1970: 1))) == .notFound)
    }
}
