import ArgumentParser
import Foundation

/// What all commands that start a suite take.
struct SuiteOptions: ParsableArguments {
    @Option(help: "The data directory; made when missing.")
    var data = "./data"

    @Option(help: "The edge's port on 127.0.0.1; 0 lets the system choose one. It is kept.")
    var port: Int?

    @Option(help: "The directory with the services' config.yaml files.")
    var deploy: String?

    /// The same options for another process.
    var arguments: [String] {
        var arguments = ["--data", SuiteDirectory(self.data).root.path]
        if let port { arguments += ["--port", String(port)] }
        if let deploy { arguments += ["--deploy", deploy] }
        return arguments
    }

    /// Runs a suite until it is told to stop.
    func supervise(
        _ directory: SuiteDirectory, ready: @escaping @Sendable (SuiteSummary) -> Void
    ) async throws {
        try directory.create()
        guard let lock = try SupervisorLock(directory.lock) else {
            throw SuiteError("\(directory.root.path) is supervised by another process already")
        }
        try await Leftovers.end(in: directory)
        let ports = try Ports.choose(keptIn: directory.ports, edge: self.port)
        let plans = try LaunchPlan.suite(
            directory: directory, ports: ports, configurations: self.configurations())
        try await Supervisor(directory: directory, ports: ports, plans: plans).run(ready: ready)
        _ = consume lock
    }

    /// The directory with the services' configuration: given, or found beside the build.
    private func configurations() throws -> URL {
        if let deploy { return URL(filePath: deploy, directoryHint: .isDirectory).absoluteURL }
        var directory = try Binaries.directory()
        while directory.path != "/" {
            let candidate = directory.appending(path: "deploy", directoryHint: .isDirectory)
            let file = candidate.appending(path: "identity/config.yaml")
            if FileManager.default.fileExists(atPath: file.path) { return candidate }
            directory = directory.deletingLastPathComponent()
        }
        throw SuiteError("deploy/identity/config.yaml was not found: give --deploy DIRECTORY")
    }
}

/// Where the suite's programs are: beside this one.
enum Binaries {
    /// The directory this program was started from.
    static func directory() throws -> URL { try self.covenant().deletingLastPathComponent() }

    /// This program (proc(5)).
    static func covenant() throws -> URL {
        URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    }
}
