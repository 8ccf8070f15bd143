import ContractLifecycle
import ContractsAPI
import DeletionOrchestratorDomain
import FlowRuntimeAPI
import Identifiers
import RPC
import Storage

/// Carries suspensions out.
struct SuspensionWorker: LifecycleWorker {
    let database: any Database
    let clock: any WallClock
    let peers: Peers
    /// A random number from 0 to 1, which spreads waits.
    let jitter: @Sendable () -> Double

    func due(at now: Int64, max: Int) async throws -> [OperationID] {
        try await self.database.lookUp { try SuspensionStore.due(at: now, max: max, in: $0) }
    }

    func nextTime(after now: Int64) async throws -> Int64? {
        try await self.database.lookUp { try SuspensionStore.nextTime(after: now, in: $0) }
    }

    func drive(_ operation: OperationID) async throws {
        var job = try await self.database.lookUp { try SuspensionStore.load(operation, in: $0) }
        while let current = job {
            let action = current.next(at: self.clock.nowMilliseconds)
            let event: SuspensionEvent
            do {
                guard let outcome = try await self.carryOut(action, current) else { return }
                event = outcome
            } catch {
                try Task.checkCancellation()
                event = .failed(action.service, CallFailure(error))
            }
            job = try await self.receive(event, for: operation)
            await Task.yield()
        }
    }

    /// Takes an outcome in; `nil` when something newer has taken the job's place.
    private func receive(
        _ event: SuspensionEvent, for operation: OperationID
    ) async throws -> SuspensionJob? {
        let now = self.clock.nowMilliseconds
        let jitter = self.jitter()
        return try await self.database.write { transaction in
            guard var job = try SuspensionStore.load(operation, in: transaction) else {
                return nil
            }
            _ = job.receive(event, at: now, jitter: jitter)
            try SuspensionStore.save(job, in: transaction)
            return job
        }
    }

    /// Carries an action out; `nil` when there is nothing to do now.
    private func carryOut(
        _ action: SuspensionAction, _ job: SuspensionJob
    ) async throws -> SuspensionEvent? {
        let (operation, contract) = (job.operation, job.command.contract)
        switch action {
        case .fence: return .fenced(try await self.peers.apply(job.command, at: .flowRuntime))
        case .stopFlows:
            let reply = try await self.peers.flowRuntime.send(
                StopFlows(operation: operation, contract: contract, epoch: job.command.epoch))
            return .stopping(remaining: reply.remaining)
        case .finish:
            return .finished(
                try await self.peers.contracts.send(
                    FinishSuspension(
                        operation: operation, contract: contract, epoch: job.command.epoch)))
        case .lift:
            return .lifted(
                try await self.peers.contracts.send(
                    LiftSuspension(operation: operation, contract: contract)))
        case .wait, .rest: return nil
        }
    }
}

extension SuspensionAction {
    /// The service that carries the action out.
    fileprivate var service: Participant {
        switch self {
        case .fence, .stopFlows: .flowRuntime
        case .finish, .lift: .contracts
        case .wait, .rest: .deletionOrchestrator
        }
    }
}
