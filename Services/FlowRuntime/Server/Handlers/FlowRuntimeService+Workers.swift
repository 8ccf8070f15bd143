import ContractLifecycle
import ContractParticipant
import Crypto
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import RPC
import Storage

extension FlowRuntimeService {
    /// Opens a worker's feed; an earlier one of the same flow ends.
    func workerFeed(_ request: WorkerFeed) async throws -> FlowFeedElements {
        let (worker, definition) = try await self.database.read { transaction in
            let worker = try self.worker(of: request.pass, in: transaction)
            guard worker.state == .running,
                let flow = try FlowStore.flow(worker.flow, in: transaction)
            else { throw Self.unwelcome }
            let graph = try FlowStore.graph(
                of: flow.id, version: flow.version, in: transaction)
            return (
                worker,
                try FlowDefinition(of: flow.id, storedGraph: graph) { node in
                    try Self.program(of: node, in: transaction)
                }
            )
        }
        let feed = FlowFeed(
            definition, for: worker.id, database: self.database, clock: self.clock,
            time: self.time)
        self.feeds.open(feed, of: worker.flow)
        return FlowFeedElements(feed: feed)
    }

    /// The program that carries out a stored step; `nil` for what is built in.
    private static func program(
        of node: FlowNode, in transaction: any ReadTransaction
    ) throws -> StepProgram? {
        guard let name = CommandName(node.command) else { return nil }
        guard case .id(let id) = name.version,
            let version = try ComponentVersionStore.find(id, in: transaction),
            let function = try version.readDescriptor().function(name.function)
        else { throw StorageError(.corrupt, "a step's component version is not there") }
        return StepProgram(
            version: id, function: name.function, command: function.command,
            millisecondsMax: function.millisecondsMax)
    }

    /// Gives a worker the files of a component version that its flow uses.
    func fetchBundle(_ request: FetchBundle) async throws -> FetchBundle.Reply {
        try await self.database.read { transaction in
            let worker = try self.worker(of: request.pass, in: transaction)
            guard let flow = try FlowStore.flow(worker.flow, in: transaction),
                try ComponentUseStore.versions(
                    of: flow.id, version: flow.version, in: transaction
                ).contains(request.version),
                let version = try ComponentVersionStore.find(request.version, in: transaction)
            else { throw Self.unwelcome }
            let descriptor = BundleFile(
                path: ComponentDescriptor.fileName, content: Array(version.descriptor.utf8))
            let files = try ComponentVersionStore.files(of: version.id, in: transaction)
            return .init(files: [descriptor] + files)
        }
    }

    /// Stores what became of a message.
    func reportExecution(_ report: ReportExecution) async throws -> ReportExecution.Reply {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            let worker = try self.worker(of: report.pass, in: transaction)
            guard
                let message = try MessageStore.message(of: report.execution, in: transaction),
                message.flow == worker.flow
            else { return .init(willRetry: false) }
            var willRetry = false
            if let failure = report.failure {
                willRetry = try Settlement.fail(
                    message, with: failure, steps: report.steps, at: now, in: transaction)
            } else {
                try Settlement.succeed(
                    message, steps: report.steps, at: now, in: transaction)
            }
            let isKept = willRetry
            transaction.afterCommit {
                self.feeds.settled(message.execution, of: worker.flow, willRetry: isKept)
            }
            return .init(willRetry: isKept)
        }
    }

    /// Stops a flow that can not be run, and keeps why.
    func reportFailure(_ report: ReportFailure) async throws -> ReportFailure.Reply {
        let now = self.clock.nowMilliseconds
        try await self.database.write { transaction in
            let worker = try self.worker(of: report.pass, in: transaction)
            guard let flow = try FlowStore.flow(worker.flow, in: transaction),
                flow.status == .active
            else { return }
            try FlowStore.deactivate(flow.id, in: transaction)
            try ErrorStore.insert(
                FlowErrorRow(
                    id: FlowErrorID(secondsSince1970: now / 1_000), flow: flow.id,
                    contract: flow.contract, execution: nil, step: report.failure.step,
                    code: report.failure.code, message: report.failure.message, content: nil,
                    attempts: 0, occurredAt: now),
                in: transaction)
            transaction.afterCommit { self.supervisor.look(at: flow.id) }
        }
        return .init()
    }

    /// The worker that a pass was made for, while it may still change anything.
    ///
    /// - Throws: `permission_denied` for any other pass.
    private func worker(
        of pass: WorkerPass, in transaction: any ReadTransaction
    ) throws -> WorkerRow {
        guard let worker = try WorkerStore.worker(pass.worker, in: transaction),
            worker.fence == self.database.instanceFence,
            Self.isEqual(Array(SHA256.hash(data: pass.token)), worker.tokenHash)
        else { throw Self.unwelcome }
        let standing = try self.gates.standing(of: worker.contract, in: transaction)
        switch standing.state {
        case .deleting, .deleted: throw Self.unwelcome
        case .active, .suspending, .suspended, .preparing, .scheduled: return worker
        }
    }

    private static let unwelcome = RPCError(
        .permissionDenied, "the pass is not that of a worker at work")

    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
