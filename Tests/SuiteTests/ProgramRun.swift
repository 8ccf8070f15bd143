import Foundation

/// Runs a program to its end without holding a thread of the test meanwhile.
enum ProgramRun {
    /// Hashing passwords is slow on purpose, and much slower in a debug build.
    private static let settings = ["COVENANT_LIMITS_SCRYPT_COST_LOG2": "10"]

    /// What a program writes to standard output.
    ///
    /// - Throws: `SuiteFailure` when it ends with anything but 0.
    static func output(of program: URL, _ arguments: [String]) async throws -> String {
        let file = URL(filePath: "/tmp/covenant-output-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(self.settings) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: file)
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard process.terminationStatus == 0 else {
            throw SuiteFailure(
                "\(program.lastPathComponent) \(arguments.first ?? "") ended with "
                    + "\(process.terminationStatus)")
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
