import ChildProcesses
import Foundation

/// A program that serves until its standard input ends, and writes a line first that says where.
public enum ServingProgram {
    /// Runs a program, found on the search path unless it is named by a path, while `body` uses it.
    ///
    /// - Parameter body: is given the program's first line.
    public static func with(
        _ name: String, _ arguments: [String], _ body: (String) async throws -> Void
    ) async throws {
        let (input, output) = (Pipe(), Pipe())
        let process = try ChildProcess(
            "/usr/bin/env", [name] + arguments, input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor)
        try output.fileHandleForWriting.close()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        do {
            try await body(line.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            try? input.fileHandleForWriting.close()
            _ = await process.status
            throw error
        }
        try input.fileHandleForWriting.close()
        _ = await process.status
    }
}
