import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// How to start one process of the suite.
struct LaunchPlan: Sendable {
    /// The process's name in logs and the summary.
    var name: String
    /// The program, absolute.
    var executable: URL
    /// Its arguments; never a secret.
    var arguments: [String]
    /// Its whole environment.
    var environment: [String: String]
    /// Where its standard error goes; its standard output is dropped.
    var log: URL
}

/// One start of a process.
final class SupervisedProcess: Sendable {
    private enum Exit {
        case running(waiter: CheckedContinuation<Void, Never>?)
        case ended
    }

    /// Its id.
    let identifier: Int32
    private let exit: Box

    private final class Box: Sendable {
        let state = Mutex(Exit.running(waiter: nil))

        func ended() {
            let waiter = self.state.withLock { state in
                guard case .running(let waiter) = state else {
                    return CheckedContinuation<Void, Never>?.none
                }
                state = .ended
                return waiter
            }
            waiter?.resume()
        }
    }

    /// Starts a process; its standard error is appended to the plan's log.
    init(_ plan: LaunchPlan) throws {
        if !FileManager.default.fileExists(atPath: plan.log.path) {
            _ = FileManager.default.createFile(
                atPath: plan.log.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let log = try FileHandle(forWritingTo: plan.log)
        try log.seekToEnd()
        let box = Box()
        let process = Process()
        process.executableURL = plan.executable
        process.arguments = plan.arguments
        process.environment = plan.environment
        process.standardInput = FileHandle.nullDevice
        // A first start prints a key: standard output is for people, logs must not hold secrets.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = log
        process.terminationHandler = { _ in box.ended() }
        do {
            try Self.run(process)
        } catch {
            throw SuiteError("\(plan.executable.path) cannot be started: \(error)")
        }
        try? log.close()
        self.identifier = process.processIdentifier
        self.exit = box
    }

    /// Runs a process that takes every signal.
    ///
    /// It inherits what the thread that starts it blocks, and threads that run tasks block nearly all.
    private static func run(_ process: Process) throws {
        var none = sigset_t()
        var former = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        try process.run()
    }

    /// Waits for the process to end; one waiter, whom cancellation does not disturb.
    func waitForExit() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.exit.state.withLock { state in
                if case .ended = state { return true }
                state = .running(waiter: continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Sends the process a signal.
    func signal(_ number: Int32) { kill(self.identifier, number) }
}
