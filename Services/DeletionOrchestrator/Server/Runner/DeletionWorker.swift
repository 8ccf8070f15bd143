import ContractLifecycle
import ContractsAPI
import DeletionOrchestratorDomain
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import RPC
import Storage

/// Carries deletions out.
struct DeletionWorker: LifecycleWorker {
    let database: any Database
    let clock: any WallClock
    let peers: Peers
    let store: DeletionStore
    let issuer: ReceiptIssuer
    let board: ProgressBoard
    /// A random number from 0 to 1, which spreads waits.
    let jitter: @Sendable () -> Double

    func due(at now: Int64, max: Int) async throws -> [OperationID] {
        try await self.database.lookUp { try DeletionStore.due(at: now, max: max, in: $0) }
    }

    func nextTime(after now: Int64) async throws -> Int64? {
        try await self.database.lookUp { try DeletionStore.nextTime(after: now, in: $0) }
    }

    func drive(_ operation: OperationID) async throws {
        var size = ChunkSize()
        var job = try await self.database.lookUp { try DeletionStore.load(operation, in: $0) }
        while let current = job {
            let action = current.next(at: self.clock.nowMilliseconds)
            switch action {
            case .wait, .rest: return
            case .issueReceipt: job = try await self.issueReceipt(of: operation)
            default:
                let event = try await self.outcome(of: action, current, &size)
                job = try await self.receive(event, for: operation)
            }
            // Other jobs, and the neighbours' writes at the services, come between two calls.
            await Task.yield()
        }
    }

    /// Takes an outcome in and saves what it made of the job.
    private func receive(
        _ event: DeletionEvent, for operation: OperationID
    ) async throws -> DeletionJob? {
        let now = self.clock.nowMilliseconds
        let jitter = self.jitter()
        return try await self.database.write { transaction in
            guard let before = try DeletionStore.load(operation, in: transaction) else {
                return nil
            }
            var job = before
            _ = job.receive(event, at: now, jitter: jitter)
            try self.store.save(job, before: before, at: now, in: transaction)
            transaction.afterCommit { self.board.changed(operation) }
            return job
        }
    }

    /// Signs, stores and moves on in one transaction: there is never a second receipt.
    private func issueReceipt(of operation: OperationID) async throws -> DeletionJob? {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            guard let before = try DeletionStore.load(operation, in: transaction),
                before.next(at: now) == .issueReceipt
            else { return nil }
            try self.issuer.issue(before, at: now, in: transaction)
            var job = before
            _ = job.receive(.receiptIssued, at: now, jitter: 0)
            try self.store.save(job, before: before, at: now, in: transaction)
            transaction.afterCommit { self.board.changed(operation) }
            return job
        }
    }

    /// Carries an action out; a failure is an outcome, too.
    private func outcome(
        of action: DeletionAction, _ job: DeletionJob, _ size: inout ChunkSize
    ) async throws -> DeletionEvent {
        do {
            return try await self.carryOut(action, job, &size)
        } catch {
            try Task.checkCancellation()
            return .failed(action.service, CallFailure(error))
        }
    }

    private func carryOut(
        _ action: DeletionAction, _ job: DeletionJob, _ size: inout ChunkSize
    ) async throws -> DeletionEvent {
        switch action {
        case .fence(let service):
            return .fenced(service, try await self.peers.apply(job.command, at: service))
        case .stopFlows, .attest: return try await self.drain(action, job)
        case .count(let service):
            return .counted(
                service, try await self.peers.count(job.command.contract, at: service))
        case .purge(let service, let kind, let chunk):
            let start = ContinuousClock.now
            let reply = try await self.peers.purge(
                job, kind, chunk: chunk, rowsMax: size.rows, at: service)
            size.took(milliseconds: Int64((ContinuousClock.now - start) / .milliseconds(1)))
            return .erased(
                service, kind: kind, chunk: chunk, rows: reply.rows, isLast: reply.isLast)
        case .askUsers, .releaseUsers, .confirmUsers: return try await self.release(action, job)
        case .seal(.deletionOrchestrator):
            try await self.database.checkpointTruncate()
            return .sealed(.deletionOrchestrator)
        case .seal(let service):
            try await self.peers.seal(job, at: service)
            return .sealed(service)
        case .finish: return try await self.finish(job)
        case .issueReceipt, .wait, .rest: return .hurried
        }
    }

    private func drain(
        _ action: DeletionAction, _ job: DeletionJob
    ) async throws -> DeletionEvent {
        let (contract, epoch) = (job.command.contract, job.command.epoch)
        guard action == .attest else {
            let reply = try await self.peers.flowRuntime.send(
                StopFlows(operation: job.operation, contract: contract, epoch: epoch))
            return .stopping(remaining: reply.remaining, stopped: reply.stopped)
        }
        let reply = try await self.peers.flowRuntime.send(
            AttestDrained(operation: job.operation, contract: contract, epoch: epoch))
        return .attested(
            Attestation(
                workers: reply.workers, stopped: reply.stopped, method: reply.method,
                instanceFence: reply.instanceFence, attestedAt: reply.attestedAt))
    }

    private func release(
        _ action: DeletionAction, _ job: DeletionJob
    ) async throws -> DeletionEvent {
        switch action {
        case .releaseUsers(let users):
            let reply = try await self.peers.identity.send(
                ReleaseUsers(operation: job.operation, users: users))
            return .usersReleased(reply.deleted)
        case .confirmUsers(let users):
            _ = try await self.peers.contracts.send(
                ConfirmUsersReleased(operation: job.operation, users: users))
            return .usersConfirmed
        default:
            let reply = try await self.peers.contracts.send(
                UsersToRelease(operation: job.operation))
            return .usersToRelease(Array(reply.users.prefix(ReleaseUsers.usersMax)))
        }
    }

    private func finish(_ job: DeletionJob) async throws -> DeletionEvent {
        let operation = job.operation
        let receipt = try await self.database.lookUp {
            try ReceiptStore.load(operation, in: $0)
        }
        guard let receipt else {
            throw RPCError(.dataLoss, "the deletion has no receipt")
        }
        return .finished(
            try await self.peers.contracts.send(
                FinishDeletion(
                    operation: operation, contract: job.command.contract,
                    epoch: job.command.epoch, receiptDigest: receipt.digest)))
    }
}

extension DeletionAction {
    /// The service that carries the action out.
    var service: Participant {
        switch self {
        case .fence(let service), .count(let service), .purge(let service, _, _),
            .seal(let service):
            service
        case .stopFlows, .attest: .flowRuntime
        case .askUsers, .confirmUsers, .finish: .contracts
        case .releaseUsers: .identity
        case .issueReceipt, .wait, .rest: .deletionOrchestrator
        }
    }
}
