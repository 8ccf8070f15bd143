import ArgumentParser
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Starts a suite, or says how to reach the one that runs.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the four services and the edge, and keeps them running.",
        discussion: """
            Prints the base URL, the first admin's e-mail address and API key. With --detach the
            suite goes on in the background and the last line of standard output is one JSON object:
            base_url, email, api_key, data, pids, public_ports, rpc_sockets.

            EXAMPLE
              covenant up --data ./data --port 8080 --detach
            """)

    @OptionGroup var options: SuiteOptions

    @Flag(help: "Return when the suite is ready, and leave it running.")
    var detach = false

    func run() async throws {
        let directory = SuiteDirectory(self.options.data)
        try directory.create()
        if SupervisorLock.holder(of: directory.lock) != nil {
            try await self.waitAndPrint(directory)
        } else if self.detach {
            let supervisor = try self.launchSupervisor(directory)
            try await self.waitAndPrint(directory, supervisor: supervisor)
        } else {
            try await self.options.supervise(directory) { summary in
                Self.describe(summary)
                print("Stop with Ctrl-C.")
            }
        }
    }

    private func launchSupervisor(_ directory: SuiteDirectory) throws -> SupervisedProcess {
        try SupervisedProcess(
            LaunchPlan(
                name: "supervisor", executable: try Binaries.covenant(),
                arguments: ["supervise"] + self.options.arguments,
                environment: ProcessInfo.processInfo.environment,
                log: directory.log(of: "supervisor")))
    }

    /// Waits for the summary that the supervisor writes, then prints it.
    private func waitAndPrint(
        _ directory: SuiteDirectory, supervisor: SupervisedProcess? = nil
    ) async throws {
        let end = ContinuousClock.now + .seconds(Self.readySecondsMax)
        var said = 0
        while ContinuousClock.now < end {
            if SupervisorLock.holder(of: directory.lock) != nil,
                let summary = try? SuiteSummary.read(from: directory.summary),
                summary.pids["supervisor"] == SupervisorLock.holder(of: directory.lock)
            {
                Self.describe(summary)
                print(try summary.line())
                return
            }
            if let supervisor, kill(supervisor.identifier, 0) != 0 { break }
            try await Task.sleep(for: .milliseconds(50))
            said += 1
            if said % 40 == 0 { Self.progress("waiting for the services to be ready") }
        }
        throw SuiteError(
            "the suite did not become ready; look at the ends of the files in "
                + directory.logs.path)
    }

    private static func describe(_ summary: SuiteSummary) {
        print("base URL   \(summary.baseURL)")
        print("admin      \(summary.email)")
        print("API key    \(summary.apiKey)")
        print("mailbox    \(summary.data)/mailbox")
        print("logs       \(summary.data)/logs")
    }

    private static func progress(_ text: String) {
        FileHandle.standardError.write(Data("covenant: \(text)\n".utf8))
    }

    /// How long a suite may take to become ready.
    private static let readySecondsMax = 60
}

/// Runs a suite in this process; what `up --detach` leaves behind.
struct SuperviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Runs a suite until SIGTERM.", shouldDisplay: false)

    @OptionGroup var options: SuiteOptions

    func run() async throws {
        signal(SIGHUP, SIG_IGN)
        try await self.options.supervise(SuiteDirectory(self.options.data)) { _ in }
    }
}
