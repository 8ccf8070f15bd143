import ContractsAPI
import Identifiers
import PublicHTTP
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("Asking the contracts service what a caller may do")
struct AuthorizerTests {
    @Test("an answer is remembered for its time, and for the permission asked for only")
    func remembers() async throws {
        let tenant = try #require(TenantID("000000010000000000000001"))
        let workspace = try #require(WorkspaceID("000000060000000000000006"))
        let contract = try #require(ContractID("000000040000000000000004"))
        let user = try #require(UserID("000000020000000000000002"))
        let contracts = FakeContracts(
            workspace: workspace, contract: contract, tenant: tenant)
        contracts.admit(user, ["workspaces.flow.edit"])
        let clock = ManualClock()
        let authorizer = Authorizer(contracts: contracts.client, time: Timekeeper(clock))
        let caller = Principal(user: user, tenant: tenant, email: "", isTenantAdmin: false)
        func ask(_ permission: String?) async throws {
            _ = try await authorizer.grant(caller, permission, in: workspace, noun: "flow")
        }

        for _ in 0..<3 { try await ask(nil) }
        #expect(contracts.questions == 1)
        try await ask("workspaces.flow.edit")
        #expect(contracts.questions == 2)
        clock.advance(by: .milliseconds(Authorizer.rememberedMilliseconds - 1))
        try await ask(nil)
        #expect(contracts.questions == 2)
        clock.advance(by: .milliseconds(1))
        try await ask(nil)
        #expect(contracts.questions == 3)
    }
}
