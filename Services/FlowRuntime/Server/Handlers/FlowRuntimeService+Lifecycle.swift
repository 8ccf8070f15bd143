import ContractLifecycle
import ContractParticipant
import ContractsAPI
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Logging
import RPC
import Storage

extension FlowRuntimeService {
    /// Closes the gate of a contract that is to be deleted, unless flows of other contracts use its
    /// components; one transaction looks and closes, so that no use begins in between.
    func prepareDeletion(_ request: PrepareDeletion) async throws -> PrepareDeletion.Reply {
        guard request.command.state == .preparing else {
            throw RPCError(.invalidArgument, "the command must carry the state preparing")
        }
        let contract = request.command.contract
        return try await self.database.write { transaction in
            let standing = try self.gates.standing(of: contract, in: transaction)
            if standing.epoch <= request.command.epoch, standing.state != .deleted {
                let (blockers, total) = try ComponentUseStore.blockers(
                    of: contract, limit: PrepareDeletion.blockersMax, in: transaction)
                if total > 0 { return .refused(blockers: blockers, total: total) }
            }
            return try Self.reply(to: self.gates.apply(request.command, in: transaction))
        }
    }

    private static func reply(
        to acknowledgement: LifecycleAcknowledgement
    ) throws -> PrepareDeletion.Reply {
        switch acknowledgement {
        case .applied: return .prepared
        case .superseded(let epoch): return .superseded(by: epoch)
        case .conflict:
            throw RPCError(.aborted, "another command of this epoch was applied before")
        case .gone: throw RPCError(.failedPrecondition, "the contract is deleted here")
        }
    }

    /// Has the workers of a fenced contract ended, and counts those left.
    func stopFlows(_ request: StopFlows) async throws -> StopFlows.Reply {
        let (workers, stopped) = try await self.database.read { transaction in
            let standing = try self.gates.standing(of: request.contract, in: transaction)
            guard Self.endsWorkers(standing.state), standing.epoch >= request.epoch else {
                throw RPCError(
                    .failedPrecondition,
                    "the gate is \(standing.state.rawValue) at epoch \(standing.epoch)")
            }
            return (
                try WorkerStore.workers(of: request.contract, in: transaction),
                try WorkerStore.stopped(
                    of: request.contract, by: request.operation, in: transaction)
            )
        }
        for worker in workers { self.supervisor.look(at: worker.flow) }
        return .init(remaining: workers.count, stopped: stopped)
    }

    /// Attests that no process of a contract is left and none can start.
    func attestDrained(_ request: AttestDrained) async throws -> AttestDrained.Reply {
        let stopped = try await self.drained(request)
        guard await self.supervisor.launcher.isAbsent(request.contract) else {
            throw RPCError(.failedPrecondition, "processes of the contract are left")
        }
        return .init(
            workers: 0, stopped: stopped, method: self.supervisor.launcher.proof,
            instanceFence: self.database.instanceFence, attestedAt: self.clock.nowMilliseconds)
    }

    /// How many workers the deletion has stopped, once no row of a worker is left.
    private func drained(_ request: AttestDrained) async throws -> Int {
        try await self.database.read { transaction in
            try self.gates.check(
                request.contract,
                allows: .purge(operation: request.operation, epoch: request.epoch),
                in: transaction)
            let workers = try WorkerStore.workers(of: request.contract, in: transaction)
            guard workers.isEmpty else {
                throw RPCError(.failedPrecondition, "\(workers.count) workers are left")
            }
            return try WorkerStore.stopped(
                of: request.contract, by: request.operation, in: transaction)
        }
    }

    private static func endsWorkers(_ state: ContractState) -> Bool {
        switch state {
        case .suspending, .suspended, .scheduled, .deleting, .deleted: true
        case .active, .preparing: false
        }
    }
}

extension FlowRuntimeService {
    /// Catches up on the states of contracts, then waits to be cancelled.
    ///
    /// Commands may have been sent while this process was away for so long that nobody sends them
    /// any more; a gate must not stay older than that.
    public func catchUpOnContracts() async throws {
        var wait = RestartBackoff()
        while !self.hasCaughtUp.isSet {
            do {
                try await self.pullContractStates()
                self.hasCaughtUp.set()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                self.logger.info("contract states could not be asked for", error: error)
                await self.time.sleep(wait.nextMilliseconds())
                try Task.checkCancellation()
            }
        }
        while !Task.isCancelled { await self.time.sleep(3_600_000) }
    }

    /// Applies every state that is not simply active, by the epoch rule.
    func pullContractStates() async throws {
        var after: ContractID?
        while true {
            let page = try await self.contracts.send(ListContractStates(after: after))
            for command in page.commands {
                _ = try await self.database.write { transaction in
                    try self.gates.apply(command, in: transaction)
                }
            }
            guard !page.isLast, let last = page.commands.last else { return }
            after = last.contract
        }
    }

    /// Why the service is not ready for its work; `nil` when it is.
    public var missing: String? {
        self.hasCaughtUp.isSet
            ? nil : "the states of contracts have not been learned from the contracts service yet"
    }

    /// Keeps workers until cancelled, then ends them.
    public func superviseWorkers() async throws { try await self.supervisor.run() }

    /// Erases deleted flows, bit by bit, until cancelled.
    public func eraseDeletedFlows() async throws {
        var wait = RestartBackoff()
        while !Task.isCancelled {
            do {
                try await self.eraseDeleted()
                wait = RestartBackoff()
                if try await self.database.read({ try FlowStore.hasDeleted(in: $0) }) {
                    // Their workers are still ending.
                    await self.eraser.wait(
                        milliseconds: Self.endingWorkersMilliseconds, self.time)
                } else {
                    await self.eraser.wait()
                }
            } catch {
                self.logger.error("a deleted flow could not be erased", error: error)
                await self.time.sleep(wait.nextMilliseconds())
            }
        }
    }

    /// How long deleted flows whose workers are ending are left alone.
    private static let endingWorkersMilliseconds: Int64 = 500
    /// Rows erased in one transaction, so that others need not wait long.
    private static let rowsPerChunk = 500

    /// Erases every deleted flow that is still there.
    func eraseDeleted() async throws {
        while let flow = try await self.database.read({ try FlowStore.deleted(in: $0) }) {
            while try await self.database.write({ transaction in
                try FlowPurge.eraseSome(
                    of: flow, rowsMax: Self.rowsPerChunk, in: transaction)
            }) {}
        }
    }
}
