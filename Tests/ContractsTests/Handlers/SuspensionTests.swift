import ContractLifecycle
import ContractsAPI
import ContractsDomain
import ContractsFakes
import DeletionOrchestratorAPI
import Identifiers
import RPC
import Storage
import Testing

@testable import ContractsServer

@Suite("Suspending and unsuspending")
struct SuspensionTests {
    @Test("when a suspension is answered the flow runtime has closed its gate")
    func fencedAtOnce() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let row = try await test.service.suspendContract(
            contract, reason: "unpaid", until: nil, by: test.admin)
        #expect(row.lifecycle.phase.state == .suspending)
        let gate = try #require(test.peers.gate(of: contract))
        #expect(gate.state == .suspending)
        #expect(gate.epoch == 2)
        #expect(gate.reason == "unpaid")
    }

    @Test("a suspension waits for nobody, and tells everybody in the end")
    func everybodyIsTold() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        test.peers.flowRuntime.isAway = true
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: 2_000_000_000_000, by: test.admin)
        #expect(test.peers.gate(of: contract) == nil)
        #expect(
            Set(try await test.messages().map { "\($0.kind) to \($0.destination)" }) == [
                "ApplyContractState to flow-runtime", "ApplyContractState to identity",
                "BeginSuspension to deletion-orchestrator",
            ])
        test.peers.flowRuntime.isAway = false
        try await test.deliver()
        #expect(test.peers.gate(of: contract)?.state == .suspending)
        #expect(test.peers.suspensions.map(\.until) == [2_000_000_000_000])
        #expect(test.peers.suspensions.map(\.command.contract) == [contract])
    }

    @Test("suspending twice is suspending once")
    func twice() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let first = try await test.service.suspendContract(
            contract, reason: "a", until: nil, by: test.admin)
        let second = try await test.service.suspendContract(
            contract, reason: "b", until: nil, by: test.admin)
        #expect(first.lifecycle == second.lifecycle)
    }

    @Test("the orchestrator's report ends a suspension, late and repeated ones change nothing")
    func finishing() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: nil, by: test.admin)
        let operation = try #require(try await test.lifecycle(of: contract)?.phase.operation)
        func finish(_ epoch: Int64) async throws -> LifecycleAcknowledgement {
            try await test.service.finishSuspension(
                FinishSuspension(operation: operation, contract: contract, epoch: epoch))
        }
        #expect(try await finish(1) == .superseded(by: 2))
        #expect(try await finish(2) == .applied)
        #expect(try await finish(2) == .applied)
        #expect(try await test.lifecycle(of: contract)?.epoch == 3)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        #expect(mailer.messages.map(\.to) == ["ada@example.com"])
        #expect(mailer.messages.map(\.subject) == ["My Contract is suspended"])
        #expect(ada.actor.user != test.admin.actor.user)
    }

    @Test("while suspended, reading goes on and every change is refused with the reason")
    func refusals() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        _ = try await test.service.suspendContract(
            contract, reason: "unpaid", until: nil, by: test.admin)
        _ = try await test.service.contract(contract, for: ada)
        _ = try await test.service.listMembers(of: contract, nil, for: ada)
        let name = try #require(ContractName("Orders"))
        let user = test.peers.addPerson("eve@example.com")
        let attempts: [@Sendable () async throws -> Void] = [
            { try await test.service.removeMember(ada.actor.user, of: contract, by: ada) },
            {
                _ = try await test.service.addMember(
                    user, to: contract, roles: ["member"], by: test.admin)
            },
            {
                _ = try await test.service.updateMember(
                    ada.actor.user, of: contract, roles: ["owner"], by: ada)
            },
            {
                _ = try await test.service.createInvite(
                    InviteDraft(
                        email: "bob@example.com", roles: ["member"], workspace: nil,
                        workspaceRoles: []), into: contract, by: ada)
            },
            {
                _ = try await test.service.createWorkspace(
                    WorkspaceDraft(name: name, type: .full, contract: contract), by: ada)
            },
            {
                _ = try await test.service.updateContract(
                    contract,
                    ContractChange(name: name, availableRoles: nil, precondition: { _ in }),
                    by: test.admin)
            },
        ]
        for (index, attempt) in attempts.enumerated() {
            guard case .state(let inForce) = try await refusal(attempt) else {
                Issue.record("attempt \(index) is not refused")
                continue
            }
            #expect(inForce.state == .suspending)
            #expect(inForce.reason == "unpaid")
        }
    }

    @Test("unsuspending waits for the suspension, and is idempotent")
    func unsuspending() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        try await test.service.unsuspendContract(contract, resumingFlows: false, by: test.admin)
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: nil, by: test.admin)
        let early = try await refusal {
            try await test.service.unsuspendContract(
                contract, resumingFlows: false, by: test.admin)
        }
        guard case .stillSuspending = early else {
            Issue.record("\(String(describing: early))")
            return
        }
        let operation = try #require(try await test.lifecycle(of: contract)?.phase.operation)
        _ = try await test.service.finishSuspension(
            FinishSuspension(operation: operation, contract: contract, epoch: 2))
        try await test.service.unsuspendContract(contract, resumingFlows: true, by: test.admin)
        try await test.service.unsuspendContract(contract, resumingFlows: true, by: test.admin)
        try await test.deliver()
        let gate = try #require(test.peers.gate(of: contract))
        #expect(gate.state == .active)
        #expect(gate.epoch == 4)
        #expect(gate.operation == operation, "the runtime is told which flows to resume")
    }

    @Test("only the suspension whose time is up is lifted")
    func lifting() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: 2_000_000_000_000, by: test.admin)
        let operation = try #require(try await test.lifecycle(of: contract)?.phase.operation)
        let lift = LiftSuspension(operation: operation, contract: contract)
        await #expect(throws: RPCError.self) { try await test.service.liftSuspension(lift) }
        _ = try await test.service.finishSuspension(
            FinishSuspension(operation: operation, contract: contract, epoch: 2))
        let other = LiftSuspension(
            operation: OperationID(secondsSince1970: 1), contract: contract)
        #expect(try await test.service.liftSuspension(other) == .superseded(by: 3))
        #expect(try await test.service.liftSuspension(lift) == .applied)
        #expect(try await test.lifecycle(of: contract)?.phase.state == .active)
    }

    @Test("participants that start are told every contract that is not active, in pages")
    func states() async throws {
        let test = try await TestContracts()
        _ = try await test.contract("Stays active")
        var suspended: [ContractID] = []
        for number in 100..<103 {
            let contract = try await test.contract("Number \(number)")
            _ = try await test.service.suspendContract(
                contract, reason: nil, until: nil, by: test.admin)
            suspended.append(contract)
        }
        let all = try await test.service.listContractStates(ListContractStates())
        #expect(all.commands.map(\.contract) == suspended.sorted())
        #expect(all.isLast)
        let rest = try await test.service.listContractStates(
            ListContractStates(after: suspended.sorted()[1]))
        #expect(rest.commands.map(\.contract) == [suspended.sorted()[2]])
    }
}
