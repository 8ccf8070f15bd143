import CWorkerProcess
import FlowRuntimeDomain
import Identifiers
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A worker's process on this machine.
final class LocalWorkerProcess: WorkerProcess {
    let mark: ProcessMark
    private let badge: WorkerBadge
    private let settings: LocalLauncher.Settings
    /// Its control group; `nil` where there are none.
    private let group: String?
    /// The process; open as long as this object lives.
    private let process: Descriptor
    /// The other end of its standard input, until it is told or dismissed.
    private let input: Mutex<Descriptor?>

    /// Makes the process; to be called on the process thread.
    init(
        _ badge: WorkerBadge, _ settings: LocalLauncher.Settings, _ groups: ControlGroups?
    ) throws(LaunchError) {
        var (told, heard): (Int32, Int32) = (-1, -1)
        guard cwp_channel_open(&told, &heard) == 0 else {
            throw LaunchError(description: "no channel could be made: errno \(errno)")
        }
        let input = Descriptor(told)
        let childInput = Descriptor(heard)
        var entrance: Descriptor? = nil
        if let groups {
            entrance = try groups.open(badge, memoryBytesMax: settings.memoryBytesMax)
        }
        let (pid, process) = try Self.spawn(
            badge, settings, input: childInput.number, entrance: entrance?.number ?? -1)
        guard let mark = ProcessTable.mark(of: pid) else {
            _ = cwp_pidfd_signal(process, SIGKILL)
            close(process)
            throw LaunchError(description: "the kernel does not say when a process began")
        }
        self.mark = mark
        self.badge = badge
        self.settings = settings
        self.group = groups?.path(of: badge)
        self.process = Descriptor(process)
        self.input = Mutex(input)
    }

    private static func spawn(
        _ badge: WorkerBadge, _ settings: LocalLauncher.Settings, input: Int32, entrance: Int32
    ) throws(LaunchError) -> (pid: Int32, process: Int32) {
        var environment = settings.environment
        environment[WorkerVariables.worker] = badge.worker.text
        environment[WorkerVariables.contract] = badge.contract.text
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        let arguments = CStrings(settings.command)
        guard let path = arguments.first else {
            throw LaunchError(description: "no program is configured for workers")
        }
        var orders = cwp_orders(
            path: path, arguments: arguments.pointer, environment: variables.pointer,
            input: input, output: STDERR_FILENO, errors: STDERR_FILENO, folder: nil,
            confinement: -1, cgroup_procs: entrance,
            memory_bytes_max: settings.memoryBytesMax, files_max: settings.filesMax)
        var (pid, process): (pid_t, Int32) = (0, -1)
        var stage = CWP_STAGE_NONE
        let error = cwp_spawn(&orders, &pid, &process, &stage)
        guard error == 0 else {
            throw LaunchError(
                description: "\(settings.command[0]) could not be started: stage "
                    + "\(stage.rawValue), errno \(error)")
        }
        return (pid, process)
    }

    func tell(_ line: [UInt8]) throws {
        let isTaken = self.input.withLock { input in
            guard let channel = input.take() else { return false }
            return cwp_channel_tell(channel.number, line, line.count) == 1
        }
        guard isTaken else { throw LaunchError(description: "the worker does not listen") }
    }

    func dismiss() { self.input.withLock { $0 = nil } }

    func terminate() { _ = cwp_pidfd_signal(self.process.number, SIGTERM) }

    func kill() {
        if let group = self.group { ControlGroups.kill(group) }
        _ = cwp_pidfd_signal(self.process.number, SIGKILL)
    }

    func gone() async -> WorkerExit {
        await ProcessThread.shared.untilReady(self.process.number, Int32(POLLIN))
        var (code, signal): (Int32, Int32) = (0, 0)
        _ = cwp_reap(self.process.number, &code, &signal)
        if let group = self.group {
            ControlGroups.kill(group)
            await ControlGroups.removeWhenEmpty(group)
        } else {
            await LocalLauncher.endAll(WorkerVariables.worker, self.badge.worker.text)
        }
        LocalLauncher.removeFolder(of: self.badge.worker, self.settings)
        return signal == 0 ? .code(code) : .signal(signal)
    }
}
