import Foundation
import JSONAPI
import TestKit

#if canImport(Glibc)
    import Glibc
#endif

/// A whole suite on real processes, in a data directory of its own.
final class RunningSuite: Sendable {
    let data: URL
    let baseURL: String
    let admin: Credentials
    private let covenant: String

    /// Who makes a request.
    struct Credentials: Hashable, Sendable {
        var email: String
        var secret: String
    }

    /// Starts the four services and the edge; `body` runs when they are ready.
    static func run(_ body: (RunningSuite) async throws -> Void) async throws {
        let suite = try await RunningSuite()
        do {
            try await body(suite)
        } catch {
            suite.reportLogs()
            try await suite.stop()
            throw error
        }
        try await suite.stop()
        try FileManager.default.removeItem(at: suite.data)
    }

    private init() async throws {
        self.data = URL(filePath: "/tmp/covenant-suite-\(UUID().uuidString.prefix(8))")
        self.covenant = Program.product("covenant")
        let output = try await ProgramRun.output(
            of: self.covenant,
            [
                "up", "--data", self.data.path, "--port", "0", "--detach", "--deploy",
                Self.top.appending(path: "deploy").path,
            ])
        guard let line = output.split(separator: "\n").last,
            let summary = try? JSON(parsing: String(line)),
            let baseURL = summary["base_url"]?.string,
            let email = summary["email"]?.string, let key = summary["api_key"]?.string
        else { throw SuiteFailure("covenant up printed no summary: \(output)") }
        self.baseURL = baseURL
        self.admin = Credentials(email: email, secret: key)
    }

    /// The process id of a service or the edge, as it is now.
    func processID(of name: String) async throws -> Int32 {
        let line = try await ProgramRun.output(
            of: self.covenant, ["status", "--data", self.data.path])
        guard let id = try JSON(parsing: line)["pids"]?[name]?.integer else {
            throw SuiteFailure("no process \(name): \(line)")
        }
        return Int32(id)
    }

    /// Ends a service as a power cut would; the supervisor starts it again.
    func killService(_ name: String) async throws {
        kill(try await self.processID(of: name), SIGKILL)
    }

    /// Asks a service to end in good order, and waits until the supervisor has started it again.
    func restartService(_ name: String) async throws {
        let before = try await self.processID(of: name)
        kill(before, SIGTERM)
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let now = try? await self.processID(of: name), now != before { return }
        }
        throw SuiteFailure("\(name) did not come back")
    }

    /// The ids of all running flow workers of this suite.
    func workerIDs() async throws -> [Int32] {
        let runtime = try await self.processID(of: "flow-runtime")
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init)
            .filter { id in
                guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                    let end = stat.lastIndex(of: ")")
                else { return false }
                let fields = stat[stat.index(after: end)...].split(separator: " ")
                return fields.count > 1 && fields[1] == "\(runtime)" && fields[0] != "Z"
                    && stat.contains("(flow-worker)")
            }
    }

    /// The invitations and notices written so far, oldest first.
    func mails() throws -> [String] {
        let folder = self.data.appending(path: "mailbox")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".eml") }
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    }

    /// Every database file of the suite, write-ahead logs included.
    func databaseFiles() throws -> [URL] {
        let paths = FileManager.default.enumerator(atPath: self.data.path)?
            .compactMap { $0 as? String }
        return (paths ?? []).filter { $0.contains(".sqlite") }.map { self.data.appending(path: $0) }
    }

    /// Runs `covenant rpc` against a service of the suite.
    func rpc(_ arguments: [String], service: String) async throws -> Program.Result {
        try await ProgramRun.result(
            of: self.covenant,
            ["rpc"] + arguments + ["--service", service, "--data", self.data.path])
    }

    /// Runs a command of `covenant` that asks the public API, as the first Tenant Admin.
    func covenant(_ arguments: [String]) async throws -> Program.Result {
        try await ProgramRun.result(of: self.covenant, arguments + ["--data", self.data.path])
    }

    /// Runs a command of `covenant` that asks the public API, and gives the JSON it prints.
    func resource(_ arguments: [String]) async throws -> JSON {
        let result = try await self.covenant(arguments + ["--json"])
        guard result.status == 0, let json = try? JSON(parsing: result.text) else {
            throw SuiteFailure("covenant \(arguments): \(result.status) \(result.errors)")
        }
        return json
    }

    func stop() async throws {
        _ = try await ProgramRun.output(of: self.covenant, ["down", "--data", self.data.path])
    }

    private func reportLogs() {
        let folder = self.data.appending(path: "logs")
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8)
            print("--- \(file)\n\(text?.suffix(3_000) ?? "")")
        }
    }

    /// The top of the checkout.
    private static let top = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}

/// A step of a story that did not go as it must.
struct SuiteFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
