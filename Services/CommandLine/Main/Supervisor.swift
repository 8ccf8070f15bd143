import Foundation
import Synchronization
import UnixSignals

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps the processes of a suite running on this machine until it is told to stop.
///
/// A process that ends is started again after a wait that doubles from 50 ms to 5 s and falls back
/// once the process has lived for 10 s.
final class Supervisor: Sendable {
    private struct State {
        var running: [String: SupervisedProcess] = [:]
        var isStopping = false
    }

    private let directory: SuiteDirectory
    private let ports: Ports
    private let plans: [LaunchPlan]
    private let state = Mutex(State())

    /// Milliseconds that a process has to end in after SIGTERM, before SIGKILL.
    static let graceMilliseconds = 30_000

    init(directory: SuiteDirectory, ports: Ports, plans: [LaunchPlan]) {
        self.directory = directory
        self.ports = ports
        self.plans = plans
    }

    /// Runs the suite; returns when SIGTERM or SIGINT came and every process has ended.
    ///
    /// `ready` is called once, when all services and the edge answer.
    func run(ready: @escaping @Sendable (SuiteSummary) -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for plan in self.plans { group.addTask { try await self.keepRunning(plan) } }
            group.addTask { await self.publishSummaries(firstReady: ready) }
            group.addTask {
                for await _ in signals { break }
                await self.stop()
            }
            // The signal's task, or a process that can never be started, ends first.
            do {
                while try await group.next() != nil {
                    if self.state.withLock({ $0.isStopping && $0.running.isEmpty }) { break }
                }
            } catch {
                await self.stop()
                throw error
            }
            group.cancelAll()
        }
        try? FileManager.default.removeItem(at: self.directory.summary)
    }

    private func keepRunning(_ plan: LaunchPlan) async throws {
        var wait = 50
        while true {
            let started = ContinuousClock.now
            let process = try self.state.withLock { state -> SupervisedProcess? in
                if state.isStopping { return nil }
                let process = try SupervisedProcess(plan)
                state.running[plan.name] = process
                return process
            }
            guard let process else { return }
            await process.waitForExit()
            let isStopping = self.state.withLock { state in
                state.running[plan.name] = nil
                return state.isStopping
            }
            if isStopping { return }
            if started.duration(to: .now) > .seconds(10) { wait = 50 }
            Self.say("\(plan.name) (process \(process.identifier)) ended; again in \(wait) ms")
            do { try await Task.sleep(for: .milliseconds(wait)) } catch { return }
            wait = min(wait * 2, 5_000)
        }
    }

    /// Has the services finish what is under way, then ends the edge that carried it.
    private func stop() async {
        let running = self.state.withLock { state in
            state.isStopping = true
            return state.running
        }
        for (name, process) in running where name != "edge" { process.signal(SIGTERM) }
        let end = ContinuousClock.now + .milliseconds(Self.graceMilliseconds)
        while ContinuousClock.now < end, self.state.withLock({ !$0.running.isEmpty }) {
            if self.state.withLock({ $0.running.keys.elementsEqual(["edge"]) }) {
                running["edge"]?.signal(SIGTERM)
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for process in self.state.withLock({ Array($0.running.values) }) { process.signal(SIGKILL) }
    }

    /// Rewrites the summary whenever a process was started again and is ready.
    private func publishSummaries(firstReady ready: @escaping @Sendable (SuiteSummary) -> Void)
        async
    {
        var published: [String: Int32] = [:]
        while !Task.isCancelled, !self.state.withLock({ $0.isStopping }) {
            let pids = self.state.withLock { $0.running.mapValues(\.identifier) }
            if pids != published, pids.count == self.plans.count, self.areReady(pids),
                await self.edgeAnswers()
            {
                let summary = self.summary(pids)
                do {
                    try summary.write(to: self.directory.summary)
                    if published.isEmpty { ready(summary) }
                    published = pids
                } catch {
                    Self.say("\(self.directory.summary.path) cannot be written: \(error)")
                }
            }
            do { try await Task.sleep(for: .milliseconds(25)) } catch { return }
        }
    }

    /// Whether each service's ready file was written by the process that runs now.
    private func areReady(_ pids: [String: Int32]) -> Bool {
        Suite.services.allSatisfy { service in
            ReadyFile.read(from: self.directory.readyFile(of: service))?.pid == pids[service]
        }
    }

    private func edgeAnswers() async -> Bool {
        guard let url = URL(string: "http://127.0.0.1:\(self.ports.edge)/healthz") else {
            return false
        }
        return await LoopbackProbe.answers(url)
    }

    private func summary(_ pids: [String: Int32]) -> SuiteSummary {
        let admin = FirstAdmin.read(from: self.directory.firstAdmin)
        var sockets: [String: String] = [:]
        for service in Suite.services { sockets[service] = self.directory.socket(of: service).path }
        var all = pids
        all["supervisor"] = getpid()
        return SuiteSummary(
            baseURL: "http://127.0.0.1:\(self.ports.edge)", email: admin?.email ?? "",
            apiKey: admin?.apiKey ?? "", data: self.directory.root.path, pids: all,
            publicPorts: self.ports.services, rpcSockets: sockets)
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("covenant: \(text)\n".utf8))
    }
}

/// What a service writes when it is ready.
struct ReadyFile: Decodable {
    var pid: Int32

    static func read(from file: URL) -> ReadyFile? {
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(ReadyFile.self, from: data)
    }
}
