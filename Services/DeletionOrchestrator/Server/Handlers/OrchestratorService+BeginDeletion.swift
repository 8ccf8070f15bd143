import ContractLifecycle
import ContractParticipant
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import RPC
import Storage

extension OrchestratorService {
    /// Records a deletion with its plan, unless the epoch rule says otherwise, and wakes the runner.
    func beginDeletion(_ request: BeginDeletion) async throws -> LifecycleAcknowledgement {
        let command = request.command
        guard command.state == .deleting, let operation = command.operation else {
            throw RPCError(
                .invalidArgument, "a deletion begins with state deleting and an operation")
        }
        let digest = try LifecycleDigest.of(request)
        let now = self.clock.nowMilliseconds
        let job = DeletionJob(
            command, operation: operation, requestedBy: request.requestedBy,
            requestedAt: request.requestedAt, at: now)
        return try await self.database.write { transaction in
            let gate = try Self.gate(of: command.contract, in: transaction)
            let decision = ContractGate.decide(command, digest: digest, remembered: gate)
            guard decision == .apply else { return decision.acknowledgement }
            // Two deletions of one contract cannot follow one another: the first never ends else.
            guard gate?.state != .deleting,
                try DeletionStore.load(operation, in: transaction) == nil
            else { return .conflict }
            try SuspensionStore.remove(command.contract, in: transaction)
            try self.store.insert(job, digest: digest, in: transaction)
            transaction.afterCommit { self.runner.wake() }
            return .applied
        }
    }
}
