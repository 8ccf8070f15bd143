import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import Storage
import Synchronization
import TestKit
import Testing

@testable import ContractsServer

@Suite("What is asked for most")
struct FrequentReadsTests {
    /// How far a writer has come, by what it was told.
    private final class Acknowledged: Sendable {
        private let state = Mutex(0)
        var round: Int {
            get { self.state.withLock { $0 } }
            set { self.state.withLock { $0 = newValue } }
        }
    }

    private func isMember(
        _ user: UserID, of contract: ContractID, _ contracts: TestContracts
    ) async throws -> Bool {
        let request = Authorize(
            user: user, tenant: FakePeers.tenant, isTenantAdmin: false, permission: nil,
            scope: .contract(contract))
        if case .allowed = try await contracts.service.authorize(request) { return true }
        return false
    }

    private func rename(
        _ contract: ContractID, _ name: String, _ contracts: TestContracts
    ) async throws {
        _ = try await contracts.service.updateContract(
            contract,
            ContractChange(
                name: ContractName(name), availableRoles: nil, precondition: { _ in }),
            by: contracts.admin)
    }

    @Test("asking again without a write reads nothing")
    func kept() async throws {
        let contracts = try await TestContracts()
        let contract = try await contracts.contract()
        let owner = try await contracts.member("owner@example.com", of: contract)
        let first = try await contracts.service.contract(contract, for: owner)
        #expect(try await self.isMember(owner.actor.user, of: contract, contracts))
        try await contracts.file.close()
        let second = try await contracts.service.contract(contract, for: owner)
        #expect(second.members == first.members)
        #expect(second.contract == first.contract)
        #expect(try await self.isMember(owner.actor.user, of: contract, contracts))
    }

    @Test("every acknowledged change is seen by the next who asks")
    func changes() async throws {
        let contracts = try await TestContracts()
        let contract = try await contracts.contract()
        let owner = try await contracts.member("owner@example.com", of: contract)
        for round in 1...5 {
            let other = contracts.peers.addPerson("other\(round)@example.com")
            try await self.rename(contract, "Name \(round)", contracts)
            let view = try await contracts.service.contract(contract, for: owner)
            #expect(view.contract.name == "Name \(round)")
            #expect(try await !self.isMember(other, of: contract, contracts))
            _ = try await contracts.service.addMember(
                other, to: contract, roles: ["member"], by: contracts.admin)
            #expect(try await self.isMember(other, of: contract, contracts))
            #expect(
                try await contracts.service.contract(contract, for: owner).members.count == 2)
            try await contracts.service.removeMember(other, of: contract, by: contracts.admin)
            #expect(try await !self.isMember(other, of: contract, contracts))
        }
    }

    @Test("nobody is told less than was acknowledged before they asked", .timeLimit(.minutes(1)))
    func concurrency() async throws {
        let contracts = try await TestContracts()
        let contract = try await contracts.contract("Name 0")
        let owner = try await contracts.member("owner@example.com", of: contract)
        let acknowledged = Acknowledged()
        let rounds = 300
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while acknowledged.round < rounds {
                        let atLeast = acknowledged.round
                        let view = try await contracts.service.contract(contract, for: owner)
                        let told = try #require(Int(view.contract.name.dropFirst(5)))
                        try #require(told >= atLeast, "told \(told) after \(atLeast)")
                        await Task.yield()
                    }
                }
            }
            for round in 1...rounds {
                try await self.rename(contract, "Name \(round)", contracts)
                acknowledged.round = round
            }
            try await group.waitForAll()
        }
    }

    @Test("how many contracts a user has is told as it is")
    func totals() async throws {
        let contracts = try await TestContracts()
        let first = try await contracts.contract("First")
        let ada = try await contracts.member("ada@example.com", of: first)
        for count in 1...3 {
            for caller in [ada, contracts.admin] {
                let list = try await contracts.service.listContracts(Page(size: 2), for: caller)
                #expect(list.total == count)
                #expect(list.views.count == min(count, 2))
                let again = try await contracts.service.listContracts(
                    Page(number: 2, size: 2), for: caller)
                #expect(again.total == count)
                let named = try await contracts.service.listContracts(
                    Page(size: 2), { $0.name = "First" }, for: caller)
                #expect(named.total == 1)
            }
            let next = try await contracts.contract()
            _ = try await contracts.service.addMember(
                ada.actor.user, to: next, roles: ["owner"], by: contracts.admin)
        }
    }

    @Test("an invite that has expired is not shown, though nothing was written")
    func expiry() async throws {
        let contracts = try await TestContracts()
        let contract = try await contracts.contract()
        let owner = try await contracts.member("owner@example.com", of: contract)
        _ = try await contracts.service.createInvite(
            InviteDraft(
                email: "ada@example.com", roles: ["member"], workspace: nil, workspaceRoles: []),
            into: contract, by: owner)
        let open = try await contracts.service.contract(contract, for: owner).invites
        let expiry = try #require(open.first).expiresAt
        contracts.clock.advance(milliseconds: expiry - contracts.clock.nowMilliseconds)
        #expect(try await contracts.service.contract(contract, for: owner).invites.isEmpty)
        contracts.clock.advance(milliseconds: -1)
        #expect(try await contracts.service.contract(contract, for: owner).invites == open)
    }
}
