import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import RPC
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One worker's work: takes messages in order, carries each through the flow, reports.
struct WorkerSession {
    let runtime: RPCClient<FlowRuntime>
    let pass: WorkerPass
    let engine: JQEngine
    let client: HTTPStepClient
    let place: ProgramPlace

    /// Works until there is nothing more to do and says with which code the process ends.
    func run() async -> Int32 {
        do {
            return try await withThrowingTaskGroup(of: Int32?.self) { group in
                group.addTask {
                    await self.engine.watch()
                    return nil
                }
                group.addTask { try await self.work() }
                defer { group.cancelAll() }
                while let code = try await group.next() {
                    if let code { return code }
                }
                return WorkerExitCode.asked
            }
        } catch {
            return WorkerExitCode.unwelcome
        }
    }

    private func work() async throws -> Int32 {
        let feed = try await self.runtime.stream(WorkerFeed(pass: self.pass))
        var elements = feed.makeAsyncIterator()
        guard case .flow(let definition) = try await elements.next() else {
            return WorkerExitCode.unwelcome
        }
        let bundles = try await self.bundles(of: definition)
        let runner: FlowRunner
        do {
            runner = try await FlowRunner(
                definition, engine: self.engine, client: self.client, place: self.place,
                bundles: bundles)
        } catch {
            let failure: StepFailure = error
            _ = try await self.runtime.send(ReportFailure(pass: self.pass, failure: failure))
            return failure.isFatal ? WorkerExitCode.programStuck : WorkerExitCode.asked
        }
        var order = RetryOrder()
        while !StopSignal.wasReceived, let element = try await elements.next() {
            switch element {
            case .flow: break
            case .stop: return WorkerExitCode.asked
            case .execution(let work):
                guard order.admits(work) else { continue }
                let outcome = await runner.run(work)
                let reply = try await self.runtime.send(
                    ReportExecution(
                        pass: self.pass, execution: work.execution, steps: outcome.steps,
                        failure: outcome.failure))
                if outcome.failure?.isFatal == true { return WorkerExitCode.programStuck }
                if reply.willRetry { order.await(work) }
            }
        }
        return WorkerExitCode.asked
    }

    /// The files of the components that a flow uses.
    private func bundles(
        of definition: FlowDefinition
    ) async throws -> [ComponentVersionID: [BundleFile]] {
        var bundles: [ComponentVersionID: [BundleFile]] = [:]
        for version in Set(definition.steps.compactMap(\.program?.version)) {
            let request = FetchBundle(pass: self.pass, version: version)
            bundles[version] = try await self.runtime.send(request).files
        }
        return bundles
    }
}

/// Keeps messages in order when one is to be carried again.
///
/// Those behind it may have been handed out already; the runtime hands them out again after it, so
/// they are passed over until it comes.
struct RetryOrder {
    private var awaited: WorkerFeed.Work?

    /// Whether a message is to be carried now.
    mutating func admits(_ work: WorkerFeed.Work) -> Bool {
        guard let awaited = self.awaited else { return true }
        guard work.execution == awaited.execution, work.attempt > awaited.attempt else {
            return false
        }
        self.awaited = nil
        return true
    }

    /// A message failed and will come again.
    mutating func await(_ work: WorkerFeed.Work) { self.awaited = work }
}

/// Whether the process was asked to end (SIGTERM).
///
/// What is under way is finished first.
enum StopSignal {
    private static let received = Atomic<Bool>(false)

    static var wasReceived: Bool { self.received.load(ordering: .acquiring) }

    /// Notes the signal from now on in place of dying from it.
    static func install() {
        // Made here, so that the handler touches nothing but the atomic.
        self.received.store(false, ordering: .releasing)
        signal(SIGTERM) { _ in StopSignal.received.store(true, ordering: .releasing) }
    }
}
