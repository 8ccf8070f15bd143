import CBOR
import ContractLifecycle
import ContractsAPI
import Identifiers
import RPC
import Synchronization

/// A contracts service that knows one workspace, and who may do what in it.
final class FakeContracts: Sendable {
    private struct State {
        var permissions: [UserID: Set<String>] = [:]
        var states: [LifecycleCommand] = []
        var questions = 0
    }

    let workspace: WorkspaceID
    let contract: ContractID
    let tenant: TenantID
    private let state = Mutex(State())

    init(workspace: WorkspaceID, contract: ContractID, tenant: TenantID) {
        self.workspace = workspace
        self.contract = contract
        self.tenant = tenant
    }

    /// Makes somebody a member with these permissions.
    func admit(_ user: UserID, _ permissions: Set<String>) {
        self.state.withLock { $0.permissions[user] = permissions }
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
            let grant = Authorize.Grant(
                contract: self.contract, tenant: self.tenant, role: "someone")
            guard question.scope == .workspace(self.workspace) else { return .notFound }
            if question.isTenantAdmin { return .allowed(grant) }
            guard let permissions = state.permissions[question.user] else { return .notFound }
            guard let permission = question.permission else { return .allowed(grant) }
            return permissions.contains(permission)
                ? .allowed(grant) : .denied(reason: "no role permits \(permission)")
        }
    }
}
