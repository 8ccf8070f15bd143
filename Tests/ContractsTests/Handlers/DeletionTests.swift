import ContractLifecycle
import ContractsAPI
import ContractsDomain
import ContractsFakes
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import Identifiers
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Deleting a contract")
struct DeletionTests {
    @Test("a deletion is agreed with the flow runtime and handed to the orchestrator")
    func agreed() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.member("ada@example.com", of: contract)
        let operation = try await test.service.deleteContract(contract, by: test.admin)
        let lifecycle = try #require(try await test.lifecycle(of: contract))
        #expect(lifecycle.phase.state == .deleting)
        #expect(lifecycle.epoch == 4)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        #expect(test.peers.deletions.map(\.command.epoch) == [4])
        #expect(test.peers.deletions.map(\.requestedBy) == [test.admin.actor.user])
        #expect(test.peers.gate(of: contract)?.state == .deleting)
        #expect(mailer.messages.map(\.subject) == ["My Contract is being deleted"])
        let again = try await test.service.deleteContract(contract, by: test.admin)
        #expect(again == operation)
    }

    @Test("a contract whose components are used elsewhere stays as it was")
    func refused() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let before = try #require(try await test.lifecycle(of: contract))
        let blocker = PrepareDeletion.Blocker(
            flow: FlowID(secondsSince1970: 1), component: ComponentID(secondsSince1970: 2))
        test.peers.blockers = [blocker]
        let refused = try await refusal {
            try await test.service.deleteContract(contract, by: test.admin)
        }
        #expect(
            refused
                == .componentsInUse(
                    [.init(flow: blocker.flow, component: blocker.component)], total: 1))
        let after = try #require(try await test.lifecycle(of: contract))
        #expect(after.phase == before.phase)
        #expect(after.epoch == 3)
        try await test.deliver()
        #expect(test.peers.gate(of: contract)?.epoch == 3, "gates open again")
        #expect(test.peers.deletions.isEmpty)
    }

    @Test("a deletion nobody can be asked about is given up")
    func unreachable() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        test.peers.flowRuntime.isAway = true
        // The runtime is asked again and again; cancelling stands for the end of the time.
        let deleting = Task {
            try await refusal {
                try await test.service.deleteContract(contract, by: test.admin)
            }
        }
        await test.waiting.untilSleeping()
        deleting.cancel()
        #expect(try await deleting.value == .deletionNotDecided)
        let after = try #require(try await test.lifecycle(of: contract))
        #expect(after.phase.state == .active)
        #expect(after.epoch == 3)
    }

    @Test("the runtime is asked again until it answers")
    func askedAgain() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        test.peers.flowRuntime.isAway = true
        let deleting = Task {
            try await test.service.deleteContract(contract, by: test.admin)
        }
        await test.waiting.untilSleeping()
        test.peers.flowRuntime.isAway = false
        test.waiting.advance(by: .seconds(1))
        _ = try await deleting.value
        #expect(try await test.lifecycle(of: contract)?.phase.state == .deleting)
    }

    @Test(
        "a deletion that a crash left halfway is carried on by the next process",
        arguments: [ContractState.preparing, .scheduled])
    func resolved(state: ContractState) async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let operation = OperationID(secondsSince1970: 7)
        try await test.file.write { transaction in
            guard let row = try ContractStore.find(contract, in: transaction) else { return }
            let preparing = try test.service.carryOut(
                row.lifecycle.prepareDeletion(operation, by: test.admin.actor.user, at: 1),
                on: row, "contract.delete", by: test.admin.author, in: transaction)
            guard state == .scheduled else { return }
            var next = row
            next.lifecycle = preparing
            try test.service.carryOut(
                preparing.scheduleDeletion(operation, at: 1), on: next, "agreed",
                by: test.admin.author, in: transaction)
        }
        try await test.service.resolveDeletions(since: test.clock.nowMilliseconds)
        #expect(try await test.lifecycle(of: contract)?.phase.state == .deleting)
        try await test.deliver()
        #expect(test.peers.deletions.map(\.command.operation) == [operation])
    }

    @Test("a deletion wins over a suspension, and a refused one begins it again")
    func overSuspension() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.service.suspendContract(
            contract, reason: "unpaid", until: 2_000_000_000_000, by: test.admin)
        test.peers.blockers = [
            .init(flow: FlowID(secondsSince1970: 1), component: ComponentID(secondsSince1970: 2))
        ]
        _ = try await refusal { try await test.service.deleteContract(contract, by: test.admin) }
        try await test.deliver()
        #expect(test.peers.suspensions.map(\.command.epoch) == [4])
        #expect(test.peers.suspensions.map(\.until) == [2_000_000_000_000])
        test.peers.blockers = []
        _ = try await test.service.deleteContract(contract, by: test.admin)
        #expect(try await test.lifecycle(of: contract)?.phase.state == .deleting)
    }

    @Test("while deleting, only the contract itself is read")
    func whileDeleting() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        _ = try await test.service.deleteContract(contract, by: test.admin)
        _ = try await test.service.contract(contract, for: ada)
        for attempt in [
            { _ = try await test.service.listMembers(of: contract, nil, for: ada) },
            { _ = try await test.service.contractRoles(contract, for: ada) },
            {
                _ = try await test.service.suspendContract(
                    contract, reason: nil, until: nil, by: test.admin)
            },
            {
                try await test.service.unsuspendContract(
                    contract, resumingFlows: false, by: test.admin)
            },
        ] as [@Sendable () async throws -> Void] {
            guard case .state(let inForce) = try await refusal(attempt) else {
                Issue.record("something goes on while the contract is being deleted")
                continue
            }
            #expect(inForce.state == .deleting)
        }
    }
}
