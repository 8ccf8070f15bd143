import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import RPC
import Storage

extension OrchestratorService {
    /// Tells peers how far a deletion is.
    func deletionStatus(_ request: DeletionStatus) async throws -> DeletionStatus.Reply {
        guard let view = try await self.view(of: request.operation) else {
            throw RPCError(.notFound, "no deletion \(request.operation)")
        }
        return DeletionStatus.Reply(
            contract: view.job.command.contract, state: view.job.state.rawValue,
            conditions: view.conditions, stepsDone: view.stepsDone, stepsTotal: view.kinds.count)
    }

    /// Has a waiting deletion try again now.
    func retryDeletion(_ request: RetryDeletion) async throws -> RetryDeletion.Reply {
        let now = self.clock.nowMilliseconds
        let operation = request.operation
        try await self.database.write { transaction in
            guard let before = try DeletionStore.load(operation, in: transaction) else {
                throw RPCError(.notFound, "no deletion \(operation)")
            }
            var job = before
            _ = job.receive(.hurried, at: now, jitter: 0)
            try self.store.save(job, before: before, at: now, in: transaction)
            transaction.afterCommit { self.runner.wake() }
        }
        return RetryDeletion.Reply()
    }

    /// A deletion as it is now; `nil` when there is none.
    func view(of operation: OperationID) async throws -> DeletionView? {
        let now = self.clock.nowMilliseconds
        return try await self.database.read { transaction in
            try DeletionStore.load(operation, in: transaction)
                .map { try DeletionView($0, at: now, in: transaction) }
        }
    }

    /// The receipt of a deletion; `nil` until it is issued.
    func receipt(of operation: OperationID) async throws -> SignedReceipt? {
        try await self.database.read { try ReceiptStore.load(operation, in: $0) }
    }
}
