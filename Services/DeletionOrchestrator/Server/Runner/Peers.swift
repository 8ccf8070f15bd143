import ContractLifecycle
public import ContractsAPI
import DeletionOrchestratorDomain
public import FlowRuntimeAPI
import Identifiers
public import IdentityAPI
public import RPC

/// The services a deletion is carried out by.
///
/// The clients make one attempt a call: the runner itself tries again, for as long as it takes.
public struct Peers: Sendable {
    let flowRuntime: RPCClient<FlowRuntime>
    let contracts: RPCClient<Contracts>
    let identity: RPCClient<Identity>

    /// What the runner's clients are made with.
    public static let options = RPCClientOptions(timeout: .seconds(30), retry: .never)

    /// Names the services.
    public init(
        flowRuntime: RPCClient<FlowRuntime>, contracts: RPCClient<Contracts>,
        identity: RPCClient<Identity>
    ) {
        self.flowRuntime = flowRuntime
        self.contracts = contracts
        self.identity = identity
    }

    /// A service was asked for what it does not do: a mistake in the plan.
    private static func misdirected(_ method: String, _ service: Participant) -> RPCError {
        RPCError(.unimplemented, "\(service.rawValue) has no \(method)")
    }

    func apply(
        _ command: LifecycleCommand, at service: Participant
    ) async throws -> LifecycleAcknowledgement {
        switch service {
        case .flowRuntime: try await self.flowRuntime.send(ApplyContractState(command))
        case .identity: try await self.identity.send(ApplyContractState(command))
        case .contracts, .deletionOrchestrator:
            throw Self.misdirected("ApplyContractState", service)
        }
    }

    func count(
        _ contract: ContractID, at service: Participant
    ) async throws -> [KindCount] {
        switch service {
        case .flowRuntime: try await self.flowRuntime.send(CountKinds(contract: contract)).kinds
        case .contracts: try await self.contracts.send(CountKinds(contract: contract)).kinds
        case .identity: try await self.identity.send(CountKinds(contract: contract)).kinds
        case .deletionOrchestrator: throw Self.misdirected("CountKinds", service)
        }
    }

    func purge(
        _ job: DeletionJob, _ kind: String, chunk: Int, rowsMax: Int, at service: Participant
    ) async throws -> (rows: Int, isLast: Bool) {
        switch service {
        case .flowRuntime:
            let reply = try await self.flowRuntime.send(
                PurgeChunk(
                    operation: job.operation, contract: job.command.contract,
                    epoch: job.command.epoch, kind: kind, chunk: chunk, rowsMax: rowsMax))
            return (reply.deleted, reply.isLast)
        case .contracts:
            let reply = try await self.contracts.send(
                PurgeChunk(
                    operation: job.operation, contract: job.command.contract,
                    epoch: job.command.epoch, kind: kind, chunk: chunk, rowsMax: rowsMax))
            return (reply.deleted, reply.isLast)
        case .identity, .deletionOrchestrator: throw Self.misdirected("PurgeChunk", service)
        }
    }

    func seal(_ job: DeletionJob, at service: Participant) async throws {
        let (operation, contract) = (job.operation, job.command.contract)
        switch service {
        case .flowRuntime:
            _ = try await self.flowRuntime.send(
                SealKinds(operation: operation, contract: contract))
        case .contracts:
            _ = try await self.contracts.send(SealKinds(operation: operation, contract: contract))
        case .identity:
            _ = try await self.identity.send(SealKinds(operation: operation, contract: contract))
        case .deletionOrchestrator: throw Self.misdirected("SealKinds", service)
        }
    }
}

extension CallFailure {
    /// How a call failed, from what was thrown.
    init(_ error: any Error) {
        let error = RPCError(crossing: error)
        switch error.code {
        case .unavailable, .deadlineExceeded, .canceled, .resourceExhausted, .unknown, .aborted:
            self = .unreachable
        default: self = .refused(code: error.code.rawValue)
        }
    }
}
