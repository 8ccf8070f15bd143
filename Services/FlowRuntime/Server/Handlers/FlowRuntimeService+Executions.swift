import ContractParticipant
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import PublicHTTP
import Storage

extension FlowRuntimeService {
    /// A page of a flow's executions, newest first, and how many there are.
    func executions(
        of flow: FlowID, limit: Int, offset: Int, by caller: Principal
    ) async throws -> (executions: [ExecutionRow], total: Int) {
        _ = try await self.authorized(.listExecutions, on: flow, by: caller)
        return try await self.database.read { transaction in
            (
                try ExecutionStore.executions(
                    of: flow, limit: limit, offset: offset, in: transaction),
                try ExecutionStore.count(of: flow, in: transaction)
            )
        }
    }

    /// An execution and what its steps gave.
    func execution(
        _ id: ExecutionID, by caller: Principal
    ) async throws -> (execution: ExecutionRow, steps: [StepOutcome]) {
        let found = try await self.database.read { transaction in
            try ExecutionStore.execution(id, in: transaction).map { execution in
                (execution, try ExecutionStore.steps(of: id, in: transaction))
            }
        }
        guard let found else { throw FlowFault.notFound("Execution") }
        _ = try await self.authorized(
            .getExecution, on: found.0.flow, by: caller, noun: "Execution")
        return found
    }

    /// A page of a flow's errors, newest first, and how many there are.
    func errors(
        of flow: FlowID, limit: Int, offset: Int, by caller: Principal
    ) async throws -> (errors: [FlowErrorRow], total: Int) {
        _ = try await self.authorized(.listErrors, on: flow, by: caller)
        return try await self.database.read { transaction in
            (
                try ErrorStore.errors(of: flow, limit: limit, offset: offset, in: transaction),
                try ErrorStore.count(of: flow, in: transaction)
            )
        }
    }

    /// Queues the message of an error again, behind all that wait; the error is then gone.
    func retryError(_ id: FlowErrorID, by caller: Principal) async throws -> ExecutionID {
        let error = try await self.database.lookUp { try ErrorStore.error(id, in: $0) }
        guard let error else { throw FlowFault.notFound("Error") }
        _ = try await self.authorized(.retryError, on: error.flow, by: caller, noun: "Error")
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            guard let error = try ErrorStore.error(id, in: transaction) else {
                throw FlowFault.notFound("Error")
            }
            let flow = try Self.existing(error.flow, in: transaction)
            try self.gates.check(flow.contract, allows: .newWork, in: transaction)
            guard let execution = error.execution, let content = error.content else {
                throw FlowFault.nothingToRetry
            }
            try self.checkReceives(flow, bytes: content.utf8.count)
            try ErrorStore.remove(id, in: transaction)
            try ExecutionStore.set(
                .queued, attempts: 0, finishedAt: nil, of: execution, in: transaction)
            try MessageStore.append(
                content, execution: execution, flow: flow.id, contract: flow.contract, at: now,
                in: transaction)
            transaction.afterCommit { self.feeds.ring(flow.id) }
            return execution
        }
    }

    /// Accepts what came in for a flow; once this returns it is not lost.
    ///
    /// - Parameter key: what the caller proves itself with.
    func receiveHook(
        _ id: FlowID, key: String?, content: String
    ) async throws -> ExecutionID {
        let now = self.clock.nowMilliseconds
        let execution = ExecutionID(secondsSince1970: now / 1_000)
        try await self.database.write { transaction in
            guard let flow = try FlowStore.flow(id, in: transaction) else {
                throw FlowFault.refused(.inactive)
            }
            if let hash = flow.hookKeyHash, flow.hookAuthentication == .key {
                guard let key, HookKey.matches(key, hash: hash) else {
                    throw FlowFault.hookUnauthorized
                }
            }
            try self.gates.check(flow.contract, allows: .newWork, in: transaction)
            try self.checkReceives(flow, bytes: content.utf8.count)
            try ExecutionStore.insert(
                ExecutionRow(
                    id: execution, flow: id, contract: flow.contract, version: flow.version,
                    state: .queued, attempts: 0, receivedAt: now, finishedAt: nil),
                in: transaction)
            try MessageStore.append(
                content, execution: execution, flow: id, contract: flow.contract, at: now,
                in: transaction)
            transaction.afterCommit { self.feeds.ring(id) }
        }
        return execution
    }

    /// Refuses what would start an execution of a flow that is not meant to run, or has too many.
    private func checkReceives(_ flow: FlowRow, bytes: Int) throws(FlowFault) {
        if let refusal = flow.condition.refusal(of: .receive) { throw .refused(refusal) }
        guard flow.queued < FlowLimits.queuedMessagesMax,
            flow.queuedBytes + Int64(bytes) <= FlowLimits.queuedBytesMax
        else { throw .queueFull }
    }
}
