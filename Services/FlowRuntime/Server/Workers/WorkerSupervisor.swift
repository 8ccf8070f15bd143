import ContractLifecycle
import ContractParticipant
import Crypto
import FlowRuntimeDomain
import Identifiers
import Logging
import Storage
import Synchronization

/// Sees to it that every flow that is meant to run has a worker, and no other has.
///
/// One keeper a flow, as long as there is something to keep. Everything durable is in the table
/// `worker`: what this object knows is lost with the process, and made up for by ``run()``.
final class WorkerSupervisor: Sendable {
    private struct State {
        var keepers: [FlowID: Bell] = [:]
        var isClosing = false
    }

    let database: any Database
    let launcher: any WorkerLauncher
    let feeds: FeedBoard
    let settings: WorkerSettings
    let clock: any WallClock
    let time: Timekeeper
    let logger: Logger
    /// Only reads gates.
    let gates = ContractGates()
    private let state = Mutex(State())
    private let requests: AsyncStream<FlowID>
    private let request: AsyncStream<FlowID>.Continuation

    init(
        database: any Database, launcher: any WorkerLauncher, feeds: FeedBoard,
        settings: WorkerSettings, clock: any WallClock, time: Timekeeper, logger: Logger
    ) {
        self.database = database
        self.launcher = launcher
        self.feeds = feeds
        self.settings = settings
        self.clock = clock
        self.time = time
        self.logger = logger
        (self.requests, self.request) = AsyncStream.makeStream()
    }

    /// Something about a flow has changed that its worker may depend on.
    func look(at flow: FlowID) {
        let bell = self.state.withLock { $0.keepers[flow] }
        guard let bell else {
            self.request.yield(flow)
            return
        }
        bell.ring()
    }

    /// Ends what an earlier runtime left, then keeps workers until cancelled; then ends them all.
    func run() async throws {
        // Not cancelled itself: ending workers takes time, and their rows must go in order.
        let work = Task { try await self.keep() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            self.close()
        }
    }

    private func keep() async throws {
        self.logger.notice(
            "workers are supervised", metadata: ["proof_of_absence": "\(self.launcher.proof)"])
        try await self.endLeftOver()
        for flow in try await self.database.read({ try FlowStore.active(in: $0) }) {
            self.look(at: flow)
        }
        await withDiscardingTaskGroup { group in
            for await flow in self.requests {
                guard let bell = self.enter(flow) else { continue }
                group.addTask { await FlowKeeper(self, flow, bell).run() }
            }
        }
    }

    private func close() {
        let bells = self.state.withLock { state in
            state.isClosing = true
            return Array(state.keepers.values)
        }
        self.request.finish()
        for bell in bells { bell.ring() }
    }

    /// Whether the runtime is ending: no worker is wanted any more.
    var isClosing: Bool { self.state.withLock { $0.isClosing } }

    /// Makes a place for a keeper; an existing one is woken in its stead.
    private func enter(_ flow: FlowID) -> Bell? {
        let (bell, isNew) = self.state.withLock { state in
            if let bell = state.keepers[flow] { return (bell, false) }
            let bell = Bell()
            state.keepers[flow] = bell
            return (bell, true)
        }
        guard isNew else {
            bell.ring()
            return nil
        }
        return bell
    }

    /// A keeper goes; whoever looks at the flow from now on makes another.
    func leave(_ flow: FlowID) { self.state.withLock { $0.keepers[flow] = nil } }

    private func endLeftOver() async throws {
        let fence = self.database.instanceFence
        let rows = try await self.database.read {
            try WorkerStore.leftOver(before: fence, in: $0)
        }
        await withDiscardingTaskGroup { group in
            for row in rows {
                group.addTask { await self.end(row) }
            }
        }
        if rows.count > 0 {
            self.logger.notice("workers left over were ended", metadata: ["count": "\(rows.count)"])
        }
    }

    private func end(_ row: WorkerRow) async {
        await self.launcher.end(
            LeftOverWorker(
                badge: WorkerBadge(worker: row.id, contract: row.contract), process: row.process,
                place: row.cgroup))
        await self.forget(row, after: nil)
    }
}

extension WorkerSupervisor {
    /// Whether a flow should have a worker.
    func isWanted(_ flow: FlowID, hasWorker: Bool) async throws -> Bool {
        if self.isClosing { return false }
        return try await self.database.read { transaction in
            guard let row = try FlowStore.flow(flow, in: transaction), row.status == .active else {
                return false
            }
            let standing = try self.gates.standing(of: row.contract, in: transaction)
            return standing.state.allowsNewWork || (hasWorker && standing.state == .preparing)
        }
    }

    /// Notes that a worker is about to be made; `nil` when none is wanted any more.
    func intend(_ flow: FlowID, tokenHash: [UInt8]) async throws -> WorkerRow? {
        let now = self.clock.nowMilliseconds
        let id = WorkerID(secondsSince1970: now / 1_000)
        return try await self.database.write { transaction in
            guard let row = try FlowStore.flow(flow, in: transaction), row.status == .active else {
                return nil
            }
            let standing = try self.gates.standing(of: row.contract, in: transaction)
            guard standing.state.allowsNewWork else { return nil }
            let badge = WorkerBadge(worker: id, contract: row.contract)
            let worker = WorkerRow(
                id: id, flow: flow, contract: row.contract, epoch: standing.epoch, state: .intent,
                tokenHash: tokenHash, fence: self.database.instanceFence, process: nil,
                cgroup: self.launcher.place(of: badge), createdAt: now)
            try WorkerStore.insert(worker, in: transaction)
            return worker
        }
    }

    /// Notes a worker's process, if the worker may still be told to work.
    func setRunning(_ worker: WorkerRow, as mark: ProcessMark) async throws -> Bool {
        try await self.database.write { transaction in
            let standing = try self.gates.standing(of: worker.contract, in: transaction)
            guard standing.state.allowsNewWork else { return false }
            return try WorkerStore.setRunning(worker.id, as: mark, in: transaction)
        }
    }

    func setStopping(_ worker: WorkerRow) async throws {
        try await self.database.write { try WorkerStore.setStopping(worker.id, in: $0) }
    }

    /// Forgets a worker whose processes are all gone, trying until it is done.
    ///
    /// - Parameter exit: how it ended when nobody asked it to; the message it carried then counts
    ///   as tried.
    func forget(_ worker: WorkerRow, after exit: WorkerExit?) async {
        let carried = self.feeds.close(worker.flow, of: worker.id)
        let suspect = exit?.isCrash == true ? carried : nil
        var wait = RestartBackoff()
        while true {
            do {
                return try await self.remove(worker, suspect: suspect)
            } catch {
                self.logger.error("a worker's row could not be removed", error: error)
                await self.time.sleep(wait.nextMilliseconds())
            }
        }
    }

    private func remove(_ worker: WorkerRow, suspect: ExecutionID?) async throws {
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            guard try WorkerStore.remove(worker.id, in: transaction) else { return }
            let standing = try self.gates.standing(of: worker.contract, in: transaction)
            if !standing.state.allowsNewWork, let operation = standing.operation {
                try WorkerStore.countStop(
                    of: worker.contract, by: operation, in: transaction)
            }
            if let suspect, let message = try MessageStore.message(of: suspect, in: transaction) {
                _ = try Settlement.fail(
                    message, with: RetryRule.workerEnded, steps: [], at: now, in: transaction)
            }
        }
    }
}
