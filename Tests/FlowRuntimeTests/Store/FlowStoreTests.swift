import ContractLifecycle
import ContractParticipant
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Storage
import TestKit
import Testing

@testable import FlowRuntimeServer

/// A database with something of everything for two contracts.
struct Furnished {
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let contract = ContractID(secondsSince1970: 1)
    let neighbour = ContractID(secondsSince1970: 2)
    let workspace = WorkspaceID(secondsSince1970: 3)
    let operation = OperationID(secondsSince1970: 4)

    init() async throws {
        self.folder = try TemporaryFolder()
        self.database = try await SQLiteDatabase.open(
            at: self.folder.file("flows.sqlite"), migrations: FlowRuntimeMigrations.all)
        for contract in [self.contract, self.neighbour] {
            for _ in 0..<2 {
                let component = try await FurnishedComponents.make(
                    of: contract, in: self.database)
                let flow = try await self.furnish(contract, in: self.database)
                try await FurnishedComponents.use(
                    component, by: flow, of: contract, in: self.database)
                try await self.database.write { transaction in
                    try ClosedTeamStore.insert(
                        TeamID(secondsSince1970: 6), of: contract, at: 1, in: transaction)
                    try ClosedWorkspaceStore.insert(
                        WorkspaceID(secondsSince1970: 8), of: contract, at: 1, in: transaction)
                }
            }
        }
    }

    /// Makes a flow with two versions, an execution done, one that waits and one that failed.
    @discardableResult
    func furnish(_ contract: ContractID, in database: any Database) async throws -> FlowID {
        let id = FlowID(secondsSince1970: 5)
        let flow = FlowRow(
            id: id, contract: contract, workspace: self.workspace,
            user: UserID(secondsSince1970: 6), name: "f", description: nil, kind: .ordinary,
            status: .inactive, version: 2, hookAuthentication: .none, hookKeyHash: nil, queued: 0,
            queuedBytes: 0, lastStartAt: nil, createdAt: 1, updatedAt: 1, worker: nil)
        try await database.write { transaction in
            try FlowStore.insert(flow, in: transaction)
            for number in 1...2 {
                try FlowStore.insertVersion(
                    number, of: flow, graph: "{}", by: flow.user, at: 1, in: transaction)
            }
            for failure in [
                nil, StepFailure(step: "s", code: "c", message: "m", isTransient: false),
            ] {
                let execution = try Self.receive(flow, in: transaction)
                guard
                    let message = try MessageStore.message(of: execution, in: transaction)
                else { continue }
                let steps = [StepOutcome(step: "s", output: "1", microseconds: 1)]
                if let failure {
                    _ = try Settlement.fail(
                        message, with: failure, steps: steps, at: 3, in: transaction)
                } else {
                    try Settlement.succeed(message, steps: steps, at: 3, in: transaction)
                }
            }
            _ = try Self.receive(flow, in: transaction)
        }
        return id
    }

    private static func receive(
        _ flow: FlowRow, in transaction: any WriteTransaction
    ) throws -> ExecutionID {
        let execution = ExecutionID(secondsSince1970: 7)
        try ExecutionStore.insert(
            ExecutionRow(
                id: execution, flow: flow.id, contract: flow.contract, version: 2, state: .queued,
                attempts: 0, receivedAt: 2, finishedAt: nil), in: transaction)
        try MessageStore.append(
            "{}", execution: execution, flow: flow.id, contract: flow.contract, at: 2,
            in: transaction)
        return execution
    }

    func command(_ epoch: Int64, _ state: ContractState) -> LifecycleCommand {
        LifecycleCommand(
            contract: self.contract, tenant: TenantID(secondsSince1970: 8), epoch: epoch,
            state: state, operation: self.operation, reason: nil, since: epoch)
    }
}

@Suite("The flow runtime's tables")
struct FlowStoreTests {
    @Test("every kind of a contract is erased, exactly and alone")
    func purges() async throws {
        let furnished = try await Furnished()
        let gates = ContractGates()
        try await furnished.database.write { transaction in
            _ = try gates.apply(furnished.command(5, .deleting), in: transaction)
        }
        try await PurgeConformance(
            driver: PurgeDriver(
                database: furnished.database, authority: gates, kinds: FlowPurge.kinds),
            database: furnished.database, contract: furnished.contract,
            neighbour: furnished.neighbour, operation: furnished.operation, epoch: 5
        ).check()
    }

    @Test("no table that names a contract is forgotten")
    func forgetsNoTable() async throws {
        let furnished = try await Furnished()
        let forgotten = try await PurgeCoverage.forgotten(
            in: furnished.database, kinds: FlowPurge.kinds, exempt: FlowPurge.exceptions)
        #expect(forgotten == [])
    }

    @Test("a deleted flow goes bit by bit, and nothing else with it")
    func erasesFlows() async throws {
        let furnished = try await Furnished()
        let flow = try await furnished.furnish(furnished.contract, in: furnished.database)
        let component = try await FurnishedComponents.make(
            of: furnished.neighbour, in: furnished.database)
        try await FurnishedComponents.use(
            component, by: flow, of: furnished.contract, in: furnished.database)
        let driver = PurgeDriver(
            database: furnished.database, authority: ContractGates(), kinds: FlowPurge.kinds)
        let before = try await driver.count(furnished.contract)
        try await furnished.database.write { try FlowStore.delete(flow, at: 9, in: $0) }
        #expect(try await furnished.database.read { try FlowStore.flow(flow, in: $0) } == nil)
        #expect(try await furnished.database.read { try FlowStore.deleted(in: $0) } == flow)
        while try await furnished.database.write({
            try FlowPurge.eraseSome(of: flow, rowsMax: 1, in: $0)
        }) {}
        #expect(try await furnished.database.read { try FlowStore.deleted(in: $0) } == nil)
        let after = try await driver.count(furnished.contract)
        for (was, kind) in zip(before, after) {
            // Every other kind has as much of each of three flows.
            let isOfFlows =
                !kind.kind.hasPrefix("closed")
                && (kind.kind == "component_uses" || !kind.kind.hasPrefix("component"))
            #expect(isOfFlows ? was.count * 2 == kind.count * 3 : was == kind, "\(kind)")
        }
    }

    @Test("a flow's queue is counted, in messages and bytes")
    func counts() async throws {
        let furnished = try await Furnished()
        let flow = try await furnished.furnish(furnished.contract, in: furnished.database)
        let row = try #require(
            try await furnished.database.read { try FlowStore.flow(flow, in: $0) })
        #expect(row.queued == 1)
        #expect(row.queuedBytes == 2)
    }

    @Test("only so many errors of a flow are kept, the newest")
    func keepsNewestErrors() async throws {
        let furnished = try await Furnished()
        let flow = try await furnished.furnish(furnished.contract, in: furnished.database)
        try await furnished.database.write { transaction in
            for number in 0..<(FlowLimits.errorsKeptMax + 5) {
                try ErrorStore.insert(
                    FlowErrorRow(
                        id: FlowErrorID(secondsSince1970: Int64(number)), flow: flow,
                        contract: furnished.contract, execution: nil, step: "", code: "c",
                        message: "m", content: nil, attempts: 0, occurredAt: Int64(100 + number)),
                    in: transaction)
            }
        }
        let (count, oldest) = try await furnished.database.read { transaction in
            (
                try ErrorStore.count(of: flow, in: transaction),
                try ErrorStore.errors(
                    of: flow, limit: 1, offset: FlowLimits.errorsKeptMax - 1, in: transaction)
            )
        }
        #expect(count == FlowLimits.errorsKeptMax)
        #expect(oldest.first?.occurredAt == 105)
    }

    @Test("no statement walks through a table that grows")
    func plans() async throws {
        let furnished = try await Furnished()
        let recorder = StatementRecorder(furnished.database)
        let flow = try await furnished.furnish(furnished.contract, in: recorder)
        try await Self.walk(furnished, flow, recorder)
        #expect(recorder.statements.count > 30)
        for statement in recorder.statements {
            let scans = try await QueryPlan.scans(
                statement, in: furnished.database, except: ["worker", "w"])
            #expect(scans == [], "\(statement)")
        }
    }

    /// Uses every statement there is.
    private static func walkSuspension(
        _ contract: ContractID, _ flow: FlowID, in transaction: any WriteTransaction
    ) throws {
        let suspension = OperationID(secondsSince1970: 9)
        try FlowStore.deactivate(all: contract, by: suspension, in: transaction)
        try FlowStore.activate(all: contract, stoppedBy: suspension, at: 6, in: transaction)
        try FlowStore.forgetStops(of: contract, in: transaction)
        try FlowStore.deactivate(flow, in: transaction)
    }

    private static func walk(
        _ furnished: Furnished, _ flow: FlowID, _ database: any Database
    ) async throws {
        let (contract, workspace) = (furnished.contract, furnished.workspace)
        let worker = WorkerRow(
            id: WorkerID(secondsSince1970: 1), flow: flow, contract: contract, epoch: 0,
            state: .intent, tokenHash: [UInt8](repeating: 0, count: 32), fence: 1, process: nil,
            cgroup: nil, createdAt: 1)
        try await database.write { transaction in
            try WorkerStore.insert(worker, in: transaction)
            #expect(
                try WorkerStore.setRunning(
                    worker.id, as: ProcessMark(boot: "b", pid: 2, startedTicks: 3),
                    in: transaction))
            #expect(try WorkerStore.worker(worker.id, in: transaction)?.process?.pid == 2)
            #expect(try WorkerStore.leftOver(before: 2, in: transaction).count == 1)
            try WorkerStore.setStopping(worker.id, in: transaction)
            try WorkerStore.setStopping(all: contract, in: transaction)
            for count in 1...2 {
                try WorkerStore.countStop(
                    of: contract, by: furnished.operation, in: transaction)
                let stopped = try WorkerStore.stopped(
                    of: contract, by: furnished.operation, in: transaction)
                #expect(stopped == count)
            }
            try WorkerStore.forgetStops(of: contract, in: transaction)
            #expect(try WorkerStore.remove(worker.id, in: transaction))
            #expect(try WorkerStore.workers(of: contract, in: transaction).isEmpty)
            try FlowStore.activate(flow, at: 5, in: transaction)
            #expect(try FlowStore.active(in: transaction) == [flow])
            #expect(try FlowStore.active(of: contract, in: transaction) == [flow])
            try FlowStore.deactivate(flow, in: transaction)
            try Self.walkSuspension(contract, flow, in: transaction)
            for status in [nil, DesiredStatus.inactive] {
                let found = try FlowStore.flows(
                    of: workspace, status: status, limit: 100, offset: 0, in: transaction)
                let count = try FlowStore.count(
                    of: workspace, status: status, in: transaction)
                #expect(found.count == count && count == 5)
            }
            let row = try #require(try FlowStore.flow(flow, in: transaction))
            try FlowStore.update(row, in: transaction)
            #expect(try FlowStore.graph(of: flow, version: 2, in: transaction) == "{}")
            #expect(try ExecutionStore.count(of: flow, in: transaction) == 3)
            let executions = try ExecutionStore.executions(
                of: flow, limit: 10, offset: 0, in: transaction)
            for execution in executions {
                _ = try ExecutionStore.steps(of: execution.id, in: transaction)
                _ = try ExecutionStore.execution(execution.id, in: transaction)
            }
            let messages = try MessageStore.messages(
                of: flow, after: 0, limit: 10, in: transaction)
            for message in messages {
                try MessageStore.postpone(message, until: 9, in: transaction)
            }
            let errors = try ErrorStore.errors(of: flow, limit: 10, offset: 0, in: transaction)
            #expect(try ErrorStore.count(of: flow, in: transaction) == 1)
            for error in errors {
                #expect(try ErrorStore.error(error.id, in: transaction)?.content == "{}")
                try ErrorStore.remove(error.id, in: transaction)
            }
            try FlowStore.delete(flow, at: 9, in: transaction)
            _ = try FlowStore.deleted(in: transaction)
            while try FlowPurge.eraseSome(of: flow, rowsMax: 1, in: transaction) {}
        }
        let driver = PurgeDriver(
            database: database, authority: ContractGates(), kinds: FlowPurge.kinds)
        _ = try await driver.count(contract)
    }
}
