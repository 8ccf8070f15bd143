import CWorkerProcess
import FlowRuntimeDomain
import Identifiers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes workers as child processes on this machine.
struct LocalLauncher: WorkerLauncher {
    /// What workers are made of.
    struct Settings: Hashable, Sendable {
        /// The program and its arguments.
        var command: [String]
        /// What of this process's environment workers get: what the program needs to be loaded.
        var environment: [String: String] = [:]
        /// Where workers have folders of their own; `nil` when they have none.
        var folder: String?
        /// Memory of one worker.
        var memoryBytesMax: UInt64 = 512 << 20
        /// Open descriptors of one worker.
        var filesMax: UInt64 = 256
    }

    private let settings: Settings
    private let groups: ControlGroups?

    /// Makes a launcher.
    ///
    /// - Parameter groups: the control groups workers live in; without them absence is proven by
    ///   looking through all processes.
    init(_ settings: Settings, groups: ControlGroups?) {
        self.settings = settings
        self.groups = groups
    }

    var proof: String { self.groups == nil ? "session+token-scan" : "cgroup" }

    func place(of badge: WorkerBadge) -> String? { self.groups?.path(of: badge) }

    func launch(_ badge: WorkerBadge) async throws -> any WorkerProcess {
        let (groups, settings) = (self.groups, self.settings)
        let made = await ProcessThread.shared.perform {
            Result { () throws(LaunchError) in
                try LocalWorkerProcess(badge, settings, groups)
            }
        }
        do {
            return try made.get()
        } catch {
            if let place = self.place(of: badge) { await ControlGroups.removeWhenEmpty(place) }
            throw error
        }
    }

    func end(_ leftOver: LeftOverWorker) async {
        if let place = leftOver.place {
            ControlGroups.kill(place)
            await ControlGroups.removeWhenEmpty(place)
        }
        await ProcessTable.end(leftOver.process.map { [$0] } ?? [])
        await Self.endAll(WorkerVariables.worker, leftOver.badge.worker.text)
        Self.removeFolder(of: leftOver.badge.worker, self.settings)
    }

    /// Removes what a worker had on disk; to be called when all its processes are gone.
    static func removeFolder(of worker: WorkerID, _ settings: Settings) {
        guard let folder = settings.folder else { return }
        _ = cwp_remove_tree("\(folder)/\(worker)")
    }

    func isAbsent(_ contract: ContractID) async -> Bool {
        let groups = self.groups
        return await ProcessThread.shared.perform {
            if let groups { return groups.isAbsent(contract) }
            return ProcessTable.processes(with: WorkerVariables.contract, contract.text)
                .isEmpty
        }
    }

    /// Ends processes until none has the variable: one may fork while the others are being ended.
    static func endAll(_ variable: String, _ value: String) async {
        while true {
            let left = await ProcessThread.shared.perform {
                ProcessTable.processes(with: variable, value)
            }
            if left.isEmpty { return }
            await ProcessTable.end(left)
        }
    }
}
