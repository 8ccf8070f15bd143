import ContractLifecycle
import ContractsAPI
import ContractsDomain
import FlowRuntimeAPI
import Identifiers
import Logging
import RPC
import Storage

extension ContractsService {
    /// Suspends a contract, or says again that it is suspended.
    ///
    /// Before it answers it has the flow runtime close its gate, so that no new work is accepted
    /// afterwards. A runtime that does not answer in time gets the state from the outbox, and asks
    /// for it when it starts.
    func suspendContract(
        _ contract: ContractID, reason: String?, until: Int64?, by caller: Caller
    ) async throws -> ContractRow {
        let now = self.clock.nowMilliseconds
        let operation: OperationID = self.newID()
        let row = try await self.database.write { transaction in
            var row = try caller.admit(.suspendContract, to: contract, in: transaction)
            row.lifecycle = try self.carryOut(
                row.lifecycle.suspend(operation, reason: reason, until: until, at: now),
                on: row, "contract.suspend", by: caller.author, in: transaction)
            return row
        }
        await self.fence(row.lifecycle.command)
        return row
    }

    /// Puts a state into force at the flow runtime now, if it answers in time.
    private func fence(_ command: LifecycleCommand) async {
        do {
            _ = try await self.within(.milliseconds(self.limits.fenceMillisecondsMax)) {
                try await self.peers.flowRuntime.send(ApplyContractState(command))
            }
        } catch {
            self.logger.warning(
                "the flow runtime has not closed a suspended contract yet",
                metadata: ["contract": "\(command.contract)", "error": "\(error)"])
        }
    }

    /// Makes a call that ends after a time at the latest.
    func within<Reply>(
        _ time: Duration, _ call: () async throws -> Reply
    ) async throws -> Reply {
        var context = CallContext.current
        let end = MonotonicInstant.now + time
        context.deadline = min(context.deadline ?? end, end)
        return try await CallContext.$current.withValue(context) { try await call() }
    }

    /// Ends a suspension, or says again that there is none.
    ///
    /// Flows stay stopped. With `resumingFlows` the runtime is told which suspension ended, and
    /// starts exactly the flows that this suspension stopped.
    func unsuspendContract(
        _ contract: ContractID, resumingFlows: Bool, by caller: Caller
    ) async throws {
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            let row = try caller.admit(.unsuspendContract, to: contract, in: transaction)
            let decision = try row.lifecycle.unsuspend(resumingFlows: resumingFlows, at: now)
            try self.carryOut(
                decision, on: row, "contract.unsuspend", by: caller.author, in: transaction)
            guard case .advance = decision else { return }
            try self.mailMembers(.unsuspended, of: row, in: transaction)
        }
    }
}

extension ContractsService {
    /// The orchestrator reports that nothing of a suspended contract runs any more.
    func finishSuspension(
        _ request: FinishSuspension
    ) async throws -> LifecycleAcknowledgement {
        try await self.report(on: request.contract, "contract.suspended") { lifecycle in
            lifecycle.finishSuspension(request.operation, epoch: request.epoch)
        }
    }

    /// The orchestrator reports that a suspension's time is up.
    func liftSuspension(_ request: LiftSuspension) async throws -> LifecycleAcknowledgement {
        let now = self.clock.nowMilliseconds
        return try await self.report(on: request.contract, "contract.unsuspend") { lifecycle in
            do {
                return try lifecycle.liftSuspension(request.operation, at: now)
            } catch {
                throw RPCError(
                    .unavailable, "the contract is \(lifecycle.phase.state.rawValue); try later")
            }
        }
    }

    /// Decides on a report of the orchestrator and says what became of it.
    private func report(
        on contract: ContractID, _ action: String,
        _ decide: @escaping @Sendable (Lifecycle) throws -> LifecycleAction
    ) async throws -> LifecycleAcknowledgement {
        let author = self.callingService()
        return try await self.database.write { transaction in
            guard let row = try ContractStore.find(contract, in: transaction) else {
                let tombstone = try ContractStore.tombstone(of: contract, in: transaction)
                if tombstone != nil { return .gone }
                throw RPCError(.notFound, "no contract \(contract)")
            }
            let decision = try decide(row.lifecycle)
            let next = try self.carryOut(
                decision, on: row, action, by: author, in: transaction)
            guard case .superseded(let epoch) = decision else {
                if case .advance = decision, next.phase.state == .suspended {
                    try self.mailMembers(.suspended, of: row, in: transaction)
                }
                if case .advance = decision, next.phase.state == .active {
                    try self.mailMembers(.unsuspended, of: row, in: transaction)
                }
                return .applied
            }
            return .superseded(by: epoch)
        }
    }

    /// The peer that calls, as the author of what it causes.
    func callingService() -> AuditEvent.Author {
        let context = CallContext.current
        return .service(
            context.caller?.text ?? "contracts", requestID: context.trace?.traceID ?? "")
    }
}
