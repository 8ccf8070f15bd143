import ContractLifecycle
import ContractsDomain
import ContractsFakes
import FlowRuntimeAPI
import Identifiers
import RPC
import Testing

@testable import ContractsServer

@Suite("Deletion plans and explained permissions")
struct ExplanationTests {
    @Test("a plan counts what every service holds and names who would leave; nothing changes")
    func plan() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let other = try await test.contract("Other")
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        for (user, contract) in [(grace.actor.user, other), (test.admin.actor.user, contract)] {
            _ = try await test.service.addMember(
                user, to: contract, roles: ["owner"], by: test.admin)
        }
        _ = try await WorkspaceTests.workspace(test, of: contract, by: ada)
        test.peers.flowKinds = [.init(kind: "flows", count: 7)]
        let flow = FlowID(secondsSince1970: 1)
        test.peers.blockers = [
            .init(flow: flow, component: ComponentID(secondsSince1970: 2))
        ]
        try await test.deliver()
        let before = try await test.lifecycle(of: contract)
        let plan = try await test.service.planDeletion(of: contract, for: test.admin)
        #expect(plan.holdings.map(\.service) == ["flow-runtime", "contracts", "identity"])
        #expect(plan.holdings[0].kinds == [.init(kind: "flows", count: 7)])
        let own = Dictionary(
            uniqueKeysWithValues: plan.holdings[1].kinds.map { ($0.kind, $0.count) })
        #expect(own["contract_members"] == 3)
        #expect(own["workspaces"] == 1)
        #expect(own["workspace_members"] == 1)
        #expect(own["teams"] == 0)
        #expect(plan.users == [ada.actor.user], "grace has another contract, the admin stays")
        #expect(plan.usersTotal == 1)
        #expect(plan.blockers.map(\.flow) == [flow])
        #expect(plan.blockersTotal == 1)
        #expect(try await test.lifecycle(of: contract) == before)
        #expect(try await test.messages().isEmpty)
        let byOwner = try await refusal {
            try await test.service.planDeletion(of: contract, for: ada)
        }
        guard case .forbidden = byOwner else {
            Issue.record("\(String(describing: byOwner))")
            return
        }
    }

    @Test("a plan that a service cannot tell its part of is no plan")
    func planWithoutPeers() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        test.peers.flowRuntime.isAway = true
        await #expect(throws: RPCError.self) {
            try await test.service.planDeletion(of: contract, for: test.admin)
        }
    }

    @Test("permissions are explained to members, in workspaces they may see")
    func permissions() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let other = try await test.contract("Other")
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        let linus = try await test.member("linus@example.com", of: other)
        let workspace = try await WorkspaceTests.workspace(test, of: contract, by: ada)
        func explain(
            _ user: UserID, _ workspace: WorkspaceID?, to caller: Caller
        ) async throws -> PermissionExplanation {
            let view = try await test.service.explainPermissions(
                of: user, in: contract, workspace: workspace, for: caller)
            return view.explanation
        }
        let user = ada.actor.user
        let plain = try await explain(user, nil, to: grace)
        #expect(plain.grants.contains { $0.permission == "contracts.membership.edit" })
        #expect(!plain.grants.contains { $0.permission == "workspaces.flow.edit" })
        let there = try await explain(user, workspace, to: ada)
        #expect(
            there.grants.first { $0.permission == "workspaces.flow.edit" }?.roles
                == [.init(.workspaces, "owner")])
        #expect(
            try await refusal { try await explain(user, workspace, to: grace) }
                == .workspaceNotFound)
        #expect(
            try await refusal { try await explain(linus.actor.user, nil, to: ada) }
                == .memberNotFound)
        #expect(
            try await refusal { try await explain(user, nil, to: linus) } == .contractNotFound)
        let foreign = try await WorkspaceTests.workspace(test, of: other, by: linus)
        #expect(
            try await refusal { try await explain(user, foreign, to: test.admin) }
                == .workspaceNotFound)
    }
}
