import ContractsAPI
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import IdentityAPI
import RPC

/// Every service there is, those that each listener serves included.
enum Services {
    static let methods: [String: [RPCMethodDeclaration]] = [
        Identity.name: Identity.methods, Contracts.name: Contracts.methods,
        FlowRuntime.name: FlowRuntime.methods,
        DeletionOrchestrator.name: DeletionOrchestrator.methods, Health.name: Health.methods,
        Reflection.name: Reflection.methods,
    ]

    static let names = Self.methods.keys.sorted()
}
