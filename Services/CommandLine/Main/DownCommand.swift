import ArgumentParser
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Stops a suite.
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the suite of a data directory and waits until it has ended.",
        discussion: """
            Requests under way are finished first. The data stays.

            EXAMPLE
              covenant down --data ./data
            """)

    @Option(help: "The data directory.")
    var data = "./data"

    func run() async throws {
        let directory = SuiteDirectory(self.data)
        guard let supervisor = SupervisorLock.holder(of: directory.lock) else {
            print("nothing runs in \(directory.root.path)")
            return
        }
        kill(supervisor, SIGTERM)
        let end = ContinuousClock.now + .milliseconds(Supervisor.graceMilliseconds + 5_000)
        while SupervisorLock.holder(of: directory.lock) == supervisor {
            guard ContinuousClock.now < end else {
                throw SuiteError(
                    "process \(supervisor) did not end; look at \(directory.logs.path)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        print("stopped")
    }
}

/// Says how to reach a running suite.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Prints the running suite of a data directory as one JSON object.",
        discussion: """
            Exits with 1 when nothing runs there.

            EXAMPLE
              covenant status --data ./data
            """)

    @Option(help: "The data directory.")
    var data = "./data"

    func run() throws {
        let directory = SuiteDirectory(self.data)
        guard SupervisorLock.holder(of: directory.lock) != nil else {
            print("nothing runs in \(directory.root.path)")
            throw ExitCode(1)
        }
        print(try SuiteSummary.read(from: directory.summary).line())
    }
}
