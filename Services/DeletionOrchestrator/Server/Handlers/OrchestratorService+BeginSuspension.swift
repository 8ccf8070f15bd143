import ContractLifecycle
import ContractParticipant
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import RPC
import Storage

extension OrchestratorService {
    /// Records a suspension, unless the epoch rule says otherwise, and wakes the runner.
    func beginSuspension(_ request: BeginSuspension) async throws -> LifecycleAcknowledgement {
        let command = request.command
        guard command.state == .suspending, let operation = command.operation else {
            throw RPCError(
                .invalidArgument, "a suspension begins with state suspending and an operation")
        }
        let digest = try LifecycleDigest.of(request)
        let job = SuspensionJob(command, operation: operation, until: request.until)
        return try await self.database.write { transaction in
            let gate = try Self.gate(of: command.contract, in: transaction)
            let decision = ContractGate.decide(command, digest: digest, remembered: gate)
            guard decision == .apply else { return decision.acknowledgement }
            // Past the point of no return nothing is suspended any more.
            if gate?.state == .deleting { return .conflict }
            try SuspensionStore.replace(job, digest: digest, in: transaction)
            transaction.afterCommit { self.runner.wake() }
            return .applied
        }
    }

    /// What is remembered of the newest command for a contract: the jobs are the gate.
    static func gate(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractGate? {
        try DeletionStore.gate(of: contract, in: transaction)
            ?? SuspensionStore.gate(of: contract, in: transaction)
    }
}
