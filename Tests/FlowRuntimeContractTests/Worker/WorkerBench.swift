import ContractLifecycle
import FlowRuntimeAPI
import FlowRuntimeDomain
import HTTP2
import Identifiers
import Logging
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit

@testable import FlowRuntimeServer

/// A worker process with a runtime made for it: it is handed what a test says, and what it reports
/// is given to the test.
final class WorkerBench: Sendable {
    /// What a worker reports.
    enum Report: Sendable {
        case execution(ReportExecution)
        case failure(ReportFailure)
    }

    /// Where the worker has its folder.
    let folder: TemporaryFolder
    /// Who the worker is.
    let worker: WorkerID
    private let listener: RPCListener
    private let process: any WorkerProcess
    /// Waits for the process; then there will be no more reports.
    private let ending: Task<WorkerExit, Never>
    private let work: AsyncStream<WorkerFeed.Element>.Continuation
    private let reports: AsyncStream<Report>

    /// Makes a worker that runs these steps, each fed by the one before.
    ///
    /// - Parameter retries: reports that are answered with "it comes again".
    static func with<T>(
        _ steps: [FlowStep], programMillisecondsMax: Int64 = 2_000,
        allowedNetworks: [String] = [], environment: [String: String] = [:], retries: Int = 0,
        files: [BundleFile] = [], _ body: (WorkerBench) async throws -> T
    ) async throws -> T {
        let bench = try await WorkerBench(
            FlowDefinition(flow: FlowID(secondsSince1970: 1), steps: steps),
            programMillisecondsMax, allowedNetworks, environment, retries, files)
        do {
            let result = try await body(bench)
            await bench.stop()
            return result
        } catch {
            await bench.stop()
            throw error
        }
    }

    private init(
        _ definition: FlowDefinition, _ programMillisecondsMax: Int64,
        _ allowedNetworks: [String], _ environment: [String: String], _ retries: Int,
        _ files: [BundleFile]
    ) async throws {
        let folder = try TemporaryFolder()
        let (work, worker) = AsyncStream<WorkerFeed.Element>.makeStream()
        let (reports, report) = AsyncStream<Report>.makeStream()
        worker.yield(.flow(definition))
        let countdown = Countdown(retries)
        var routes = Self.unneeded
        routes.onStream(WorkerFeed.self) { _ in work }
        routes.on(FetchBundle.self) { _ in .init(files: files) }
        routes.on(ReportExecution.self) { request in
            report.yield(.execution(request))
            return .init(willRetry: countdown.take())
        }
        routes.on(ReportFailure.self) { request in
            report.yield(.failure(request))
            return .init()
        }
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let router = try RPCRouter([routes], access: .everyone)
        self.folder = folder
        self.listener = try await RPCListener.bind(
            to: .unixSocket(path: folder.file("bench.sock")), router: router,
            tokens: PeerTokens(tokens: [WorkerSettings.peer: "t"]),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        self.work = worker
        self.reports = reports
        let badge = WorkerBadge(
            worker: WorkerID(secondsSince1970: 1), contract: ContractID(secondsSince1970: 1))
        let launcher = LocalLauncher(
            .init(
                command: [BuiltPrograms.path(of: "flow-worker")],
                environment: environment.merging(LocalLauncher.loaderEnvironment) { own, _ in own },
                folder: folder.path, memoryBytesMax: 128 << 20),
            groups: nil)
        self.worker = badge.worker
        let process = try await launcher.launch(badge)
        self.process = process
        self.ending = Task {
            let exit = await process.gone()
            report.finish()
            return exit
        }
        let orders = WorkerOrders(
            socket: folder.file("bench.sock"),
            pass: WorkerPass(worker: badge.worker, token: [1, 2, 3]), peerToken: "t",
            programMillisecondsMax: programMillisecondsMax, allowedNetworks: allowedNetworks,
            folder: folder.file(badge.worker.text))
        try self.process.tell(orders.line)
    }

    /// Hands out a message.
    func hand(_ message: String, execution: ExecutionID? = nil, attempt: Int = 1) {
        self.work.yield(
            .execution(
                WorkerFeed.Work(
                    execution: execution ?? ExecutionID(secondsSince1970: 1), message: message,
                    attempt: attempt)))
    }

    /// The next report.
    func report() async -> Report? { await self.reports.first { _ in true } }

    /// Hands out a message and gives what is reported on it.
    func run(_ message: String) async -> ReportExecution? {
        self.hand(message)
        guard case .execution(let report) = await self.report() else { return nil }
        return report
    }

    /// Ends the worker by force.
    func kill() { self.process.kill() }

    /// Waits until the worker has ended.
    func gone() async -> WorkerExit { await self.ending.value }

    private func stop() async {
        self.work.finish()
        self.process.kill()
        _ = await self.gone()
        await self.listener.drain(grace: .seconds(1))
    }

    /// What workers never ask for.
    private static var unneeded: RPCRoutes<FlowRuntime> {
        var routes = RPCRoutes(FlowRuntime.self)
        routes.on(ApplyContractState<FlowRuntime>.self) { _ in throw Unneeded() }
        routes.on(PrepareDeletion.self) { _ in throw Unneeded() }
        routes.on(FindDeletionBlockers.self) { _ in throw Unneeded() }
        routes.on(CloseWorkspace.self) { _ in throw Unneeded() }
        routes.on(CloseTeam.self) { _ in throw Unneeded() }
        routes.on(StopFlows.self) { _ in throw Unneeded() }
        routes.on(AttestDrained.self) { _ in throw Unneeded() }
        routes.on(PurgeChunk<FlowRuntime>.self) { _ in throw Unneeded() }
        routes.on(CountKinds<FlowRuntime>.self) { _ in throw Unneeded() }
        routes.on(SealKinds<FlowRuntime>.self) { _ in throw Unneeded() }
        return routes
    }

    private struct Unneeded: Error {}
}

/// Says yes so many times.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { self.left = Mutex(count) }

    func take() -> Bool {
        self.left.withLock { left in
            left -= 1
            return left >= 0
        }
    }
}
