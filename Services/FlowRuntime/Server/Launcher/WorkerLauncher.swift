import FlowRuntimeDomain
import Identifiers

/// Makes worker processes, and proves that none is left.
///
/// `LauncherConformance` in the tests says what every launcher does.
protocol WorkerLauncher: Sendable {
    /// How absence is proven, as attestations name it.
    var proof: String { get }

    /// Where the processes of a worker will be found, noted before there are any.
    func place(of badge: WorkerBadge) -> String?

    /// Makes a process that waits to be told to work, and dies with this one.
    ///
    /// When this throws, no process is left.
    func launch(_ badge: WorkerBadge) async throws -> any WorkerProcess

    /// Ends whatever is left of a worker that an earlier runtime made; returns when it is gone.
    func end(_ leftOver: LeftOverWorker) async

    /// Whether no process of a contract is left.
    func isAbsent(_ contract: ContractID) async -> Bool
}

/// A process that was made for a worker.
protocol WorkerProcess: Sendable {
    /// What it is known by.
    var mark: ProcessMark { get }

    /// Tells it to work; the line ends its standard input.
    ///
    /// - Throws: ``LaunchError`` when it does not take the line.
    func tell(_ line: [UInt8]) throws

    /// Ends its standard input in place of telling it to work.
    func dismiss()

    /// Asks it to end (SIGTERM).
    func terminate()

    /// Ends it and all it started by force.
    func kill()

    /// Waits until it and all it started are gone, and how it ended. To be called once, always:
    /// what it started is ended when it ends.
    func gone() async -> WorkerExit
}

/// Whose process it is.
struct WorkerBadge: Hashable, Sendable {
    var worker: WorkerID
    var contract: ContractID
}

/// What a process is known by beyond its number, which is used again.
struct ProcessMark: Hashable, Sendable {
    /// The kernel's identifier of the time since it booted.
    var boot: String
    var pid: Int32
    /// When it began, in clock ticks since boot.
    var startedTicks: UInt64
}

/// A worker that an earlier runtime made.
struct LeftOverWorker: Hashable, Sendable {
    var badge: WorkerBadge
    var process: ProcessMark?
    var place: String?
}

/// How a process ended.
enum WorkerExit: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// Whether it ended while it worked, for no reason of its own or the runtime's.
    var isCrash: Bool {
        switch self {
        case .code(let code): ![WorkerExitCode.asked, WorkerExitCode.unwelcome].contains(code)
        case .signal: true
        }
    }
}

/// A process could not be made.
struct LaunchError: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
}
