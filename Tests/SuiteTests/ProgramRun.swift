import TestKit

/// Runs a program to its end without holding a thread of the test meanwhile.
enum ProgramRun {
    /// Hashing passwords is slow on purpose, and much slower in a debug build.
    private static let settings = ["COVENANT_LIMITS_SCRYPT_COST_LOG2": "10"]

    /// What a program leaves, however it ends.
    static func result(of program: String, _ arguments: [String]) async throws -> Program.Result {
        try await Program.run(program, arguments, environment: self.settings)
    }

    /// What a program writes to standard output.
    ///
    /// - Throws: `SuiteFailure` when it ends with anything but 0.
    static func output(of program: String, _ arguments: [String]) async throws -> String {
        let result = try await self.result(of: program, arguments)
        guard result.status == 0 else {
            throw SuiteFailure(
                "\(program) \(arguments.first ?? "") ended with \(result.status): "
                    + result.errors)
        }
        return result.text
    }
}
