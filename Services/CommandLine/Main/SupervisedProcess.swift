import ChildProcesses
import Foundation

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
    private let process: ChildProcess

    /// Its id.
    var identifier: Int32 { self.process.id }

    /// Starts a process; its standard error is appended to the plan's log.
    init(_ plan: LaunchPlan) throws {
        if !FileManager.default.fileExists(atPath: plan.log.path) {
            _ = FileManager.default.createFile(
                atPath: plan.log.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let log = try FileHandle(forWritingTo: plan.log)
        try log.seekToEnd()
        // A first start prints a key: standard output is for people, logs must not hold secrets.
        self.process = try ChildProcess(
            plan.executable.path, plan.arguments, environment: plan.environment,
            errors: log.fileDescriptor)
        try log.close()
    }

    /// Waits for the process to end.
    func waitForExit() async { _ = await self.process.status }

    /// Sends the process a signal.
    func signal(_ number: Int32) { self.process.signal(number) }
}
