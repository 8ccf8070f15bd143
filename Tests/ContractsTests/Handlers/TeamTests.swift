import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import Testing

@testable import ContractsServer

@Suite("Developer teams, and who inherits from a leaving member")
struct TeamTests {
    static func team(
        _ name: String, of contract: ContractID, _ test: TestContracts, by caller: Caller
    ) async throws -> TeamID {
        try await test.service.createTeam(
            try #require(ContractName(name)), in: contract, by: caller
        ).team.id
    }

    @Test("a team is made, renamed, listed and deleted; no two of a contract have one name")
    func life() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let other = try await test.contract("Other")
        let ada = try await test.member("ada@example.com", of: contract, roles: ["owner", "admin"])
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        let team = try await Self.team("Builders", of: contract, test, by: ada)
        _ = try await Self.team("Builders", of: other, test, by: test.admin)
        let taken = try await refusal {
            try await Self.team("Builders", of: contract, test, by: ada)
        }
        #expect(taken == .teamNameTaken)
        let forbidden = try await refusal {
            try await Self.team("Others", of: contract, test, by: grace)
        }
        guard case .forbidden = forbidden else {
            Issue.record("a member makes teams")
            return
        }
        let renamed = try await test.service.renameTeam(
            team, try #require(ContractName("Makers")), by: ada)
        #expect(renamed.team.name == "Makers")
        #expect(renamed.users == [ada.actor.user])
        let page = Page(size: 20)
        for (caller, contract, total) in [
            (ada, nil, 1), (grace, nil, 0), (grace, contract, 1), (test.admin, nil, 2),
        ] as [(Caller, ContractID?, Int)] {
            let list = try await test.service.listTeams(of: contract, page, for: caller)
            #expect(list.total == total)
            #expect(list.views.count == total)
        }
        let eve = TestContracts.caller(test.peers.addPerson("eve@example.com"))
        let hidden = try await refusal { try await test.service.team(team, for: eve) }
        #expect(hidden == .teamNotFound)
        try await test.service.deleteTeam(team, by: ada)
        let gone = try await refusal { try await test.service.team(team, for: ada) }
        #expect(gone == .teamNotFound)
    }

    @Test("a team that has components stays until they are gone")
    func components() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract, roles: ["owner", "admin"])
        let team = try await Self.team("Builders", of: contract, test, by: ada)
        let component = ComponentID(secondsSince1970: 7)
        test.peers.setComponents([component], of: team)
        let refused = try await refusal { try await test.service.deleteTeam(team, by: ada) }
        #expect(refused == .teamHasComponents([component], total: 1))
        #expect(try await test.service.team(team, for: ada).users == [ada.actor.user])
        let eve = TestContracts.caller(test.peers.addPerson("eve@example.com"))
        let hidden = try await refusal { try await test.service.deleteTeam(team, by: eve) }
        #expect(hidden == .teamNotFound)
        test.peers.setComponents([], of: team)
        try await test.service.deleteTeam(team, by: ada)
        let gone = try await refusal { try await test.service.team(team, for: ada) }
        #expect(gone == .teamNotFound)
    }

    @Test("only members of the contract are in its teams, once")
    func membership() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract, roles: ["owner", "admin"])
        let grace = try await test.member("grace@example.com", of: contract)
        let eve = test.peers.addPerson("eve@example.com")
        let team = try await Self.team("Builders", of: contract, test, by: ada)
        let view = try await test.service.addTeamMember(grace.actor.user, to: team, by: ada)
        #expect(Set(view.users) == [ada.actor.user, grace.actor.user])
        for (user, expected) in [
            (grace.actor.user, Refusal.alreadyInPart), (eve, .notContractMember),
        ] {
            let found = try await refusal {
                try await test.service.addTeamMember(user, to: team, by: ada)
            }
            #expect(found == expected)
        }
        let listed = try await test.service.listTeamMembers(of: team, Page(size: 20), for: grace)
        #expect(listed.total == 2)
        #expect(listed.users.allSatisfy { $0.person != nil })
        try await test.service.removeTeamMember(grace.actor.user, from: team, by: ada)
        let twice = try await refusal {
            try await test.service.removeTeamMember(grace.actor.user, from: team, by: ada)
        }
        #expect(twice == .memberNotFound)
    }

    @Test("whoever removes a member takes over their teams and the workspaces only they owned")
    func handOver() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract, roles: ["owner", "admin"])
        let grace = try await test.member(
            "grace@example.com", of: contract, roles: ["owner", "admin"])
        let hers = try await Self.team("Hers", of: contract, test, by: grace)
        let both = try await Self.team("Both", of: contract, test, by: grace)
        _ = try await test.service.addTeamMember(ada.actor.user, to: both, by: grace)
        let owned = try await WorkspaceTests.workspace(test, of: contract, by: grace)
        let shared = try await WorkspaceTests.workspace(test, of: contract, by: grace)
        _ = try await test.service.addWorkspaceMember(
            ada.actor.user, to: shared, roles: ["guest"], by: grace)
        try await test.service.removeMember(grace.actor.user, of: contract, by: ada)
        for team in [hers, both] {
            #expect(try await test.service.team(team, for: ada).users == [ada.actor.user])
        }
        let members = try await test.service.listWorkspaceMembers(of: owned, for: ada).members
        #expect(members.map(\.user) == [ada.actor.user])
        #expect(members.map(\.roles) == [["owner"]])
        let inShared = try await test.service.listWorkspaceMembers(of: shared, for: ada).members
        #expect(inShared.map(\.roles) == [["owner", "guest"]], "the roles held are kept")
    }

    @Test(
        "where a Tenant Admin removes somebody, an owner who stays inherits; a last member nobody")
    func heirs() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract, roles: ["owner", "admin"])
        let grace = try await test.member("grace@example.com", of: contract, roles: ["admin"])
        let team = try await Self.team("Hers", of: contract, test, by: grace)
        try await test.service.removeMember(grace.actor.user, of: contract, by: test.admin)
        #expect(try await test.service.team(team, for: ada).users == [ada.actor.user])
        let workspace = try await WorkspaceTests.workspace(test, of: contract, by: ada)
        try await test.service.removeMember(ada.actor.user, of: contract, by: ada)
        #expect(try await test.service.team(team, for: test.admin).users.isEmpty)
        let left = try await test.service.listWorkspaceMembers(of: workspace, for: test.admin)
        #expect(left.total == 0)
    }
}
