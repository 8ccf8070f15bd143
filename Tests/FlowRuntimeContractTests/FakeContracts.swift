import CBOR
import ContractLifecycle
import ContractsAPI
import Identifiers
import RPC
import Synchronization

/// A contracts service that knows some workspaces and teams, and who may do what in which contract.
final class FakeContracts: Sendable {
    private struct State {
        var contracts: [Authorize.Scope: ContractID] = [:]
        var teams: [Authorize.Scope: String] = [:]
        var permissions: [ContractID: [UserID: Set<String>]] = [:]
        var states: [LifecycleCommand] = []
        var questions = 0
    }

    let contract: ContractID
    let tenant: TenantID
    private let state = Mutex(State())

    init(workspace: WorkspaceID, contract: ContractID, tenant: TenantID) {
        self.contract = contract
        self.tenant = tenant
        self.know(.workspace(workspace), of: contract)
    }

    /// Knows a workspace or team from now on, and the contract it belongs to.
    func know(_ scope: Authorize.Scope, of contract: ContractID, named team: String? = nil) {
        self.state.withLock { state in
            state.contracts[.contract(contract)] = contract
            state.contracts[scope] = contract
            state.teams[scope] = team
        }
    }

    /// Makes somebody a member with these permissions.
    func admit(_ user: UserID, _ permissions: Set<String>, to contract: ContractID? = nil) {
        self.state.withLock {
            $0.permissions[contract ?? self.contract, default: [:]][user] = permissions
        }
    }

    /// Puts a state into force that is not simply active.
    func put(_ command: LifecycleCommand) { self.state.withLock { $0.states.append(command) } }

    /// How often it was asked what somebody may do.
    var questions: Int { self.state.withLock { $0.questions } }

    var client: RPCClient<Contracts> {
        RPCClient(carry: { call in
            let decoder = CBORDecoder()
            switch call.path.declaration.name {
            case Authorize.name:
                let question = try decoder.decode(Authorize.self, from: call.body)
                return .message(try CBOREncoder().encode(self.answer(question)))
            case ListContractStates.name:
                let reply = ListContractStates.Reply(
                    commands: self.state.withLock { $0.states }, isLast: true)
                return .message(try CBOREncoder().encode(reply))
            default: throw RPCError(.unimplemented, call.path.text)
            }
        })
    }

    private func answer(_ question: Authorize) -> Authorize.Reply {
        self.state.withLock { state in
            state.questions += 1
            guard let contract = state.contracts[question.scope] else { return .notFound }
            let grant = Authorize.Grant(
                contract: contract, tenant: self.tenant, role: "someone",
                team: state.teams[question.scope])
            if question.isTenantAdmin { return .allowed(grant) }
            guard let permissions = state.permissions[contract]?[question.user] else {
                return .notFound
            }
            guard let permission = question.permission else { return .allowed(grant) }
            return permissions.contains(permission)
                ? .allowed(grant) : .denied(reason: "no role permits \(permission)")
        }
    }
}
