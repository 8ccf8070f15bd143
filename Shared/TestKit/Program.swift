import ChildProcesses
import Foundation

/// A program that a test runs beside itself.
///
/// What it reads and writes are files, so that no thread of the test waits for it and no pipe fills.
public final class Program: Sendable {
    /// What a program left when it ended.
    public struct Result: Sendable {
        /// Its exit status, or the number of the signal that ended it.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: [UInt8]
        /// What it wrote to standard error.
        public let errors: String

        /// Standard output as text.
        public var text: String { String(decoding: self.output, as: UTF8.self) }
    }

    private let folder: TemporaryFolder
    private let process: ChildProcess

    /// Starts a program, found on the search path unless it is named by a path.
    ///
    /// - Parameters:
    ///   - environment: added to that of the test.
    ///   - input: what it reads; nothing by default.
    public init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        input: [UInt8] = []
    ) throws {
        let folder = try TemporaryFolder()
        for file in ["in", "out", "err"] {
            try Data(file == "in" ? input : []).write(to: URL(filePath: folder.file(file)))
        }
        let (input, output, errors) = (
            try FileHandle(forReadingFrom: URL(filePath: folder.file("in"))),
            try FileHandle(forWritingTo: URL(filePath: folder.file("out"))),
            try FileHandle(forWritingTo: URL(filePath: folder.file("err")))
        )
        self.folder = folder
        self.process = try ChildProcess(
            "/usr/bin/env", [name] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            input: input.fileDescriptor, output: output.fileDescriptor,
            errors: errors.fileDescriptor)
        for file in [input, output, errors] { try file.close() }
    }

    /// Ends it at once, as `kill -9` does: a test's threads block the signals that ask.
    public func kill() { self.process.kill() }

    /// Waits for its end.
    public func result() async throws -> Result {
        let status = await self.process.status
        return Result(
            status: status, output: try self.read("out"),
            errors: String(decoding: try self.read("err"), as: UTF8.self))
    }

    private func read(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: self.folder.file(file))))
    }

    /// Starts a program and waits for its end.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws -> Result {
        try await Program(name, arguments, environment: environment, input: input).result()
    }

    /// A program of this package: it was built beside the tests.
    public static func product(_ name: String) -> String {
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let folder = tests.path.contains(".build") ? tests : Bundle.main.bundleURL
        return folder.appending(path: name).path
    }

    /// The Python that has cbor2 and httpx: what COVENANT_PYTHON names, or `python3`.
    public static let python = ProcessInfo.processInfo.environment["COVENANT_PYTHON"] ?? "python3"
}
