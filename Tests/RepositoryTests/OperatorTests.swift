import ContractsAPI
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import IdentityAPI
import RPC
import TestKit
import Testing

@Suite("The operator's tools may do little")
struct OperatorTests {
    struct Service: Sendable, CustomTestStringConvertible {
        let folder: String
        let methods: [RPCMethodDeclaration]
        var testDescription: String { self.folder }
    }

    /// What the operator may do besides asking: start a deletion again that has given up.
    static let commands: Set<String> = ["RetryDeletion"]
    /// What an operator has no business with: whether a secret is right, and who people are.
    static let personal: Set<String> = ["Authenticate", "GetUsers", "FindUser"]

    @Test(
        "the shipped configuration lets them ask what changes nothing and names nobody",
        arguments: [
            Service(folder: "identity", methods: Identity.methods),
            Service(folder: "contracts", methods: Contracts.methods),
            Service(folder: "flow-runtime", methods: FlowRuntime.methods),
            Service(folder: "deletion-orchestrator", methods: DeletionOrchestrator.methods),
        ])
    func access(_ service: Service) throws {
        let lists = try AllowedPeers(configuration: "deploy/\(service.folder)/config.yaml").lists
        for method in service.methods where lists[method.name]?.contains("operator") == true {
            #expect(method.repetition == .safe || Self.commands.contains(method.name))
            #expect(!Self.personal.contains(method.name))
        }
    }
}
