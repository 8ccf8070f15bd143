import ChildProcesses
import Foundation

/// Hands each e-mail to a command such as `/usr/sbin/sendmail -t -i`, on its standard input.
///
/// The command finds the recipient in the message, so nothing about people stands in arguments,
/// which every user of the machine can read.
package struct MailCommand: Mailer {
    /// How long the command may take.
    private static let secondsMax = 60

    /// Statuses of `sysexits.h` that say no to this message for good: EX_DATAERR, EX_NOUSER and
    /// EX_NOHOST.
    private static let permanent: Set<Int32> = [65, 67, 68]

    private let program: String
    private let arguments: [String]

    /// Names the command: the program's path, then its arguments.
    ///
    /// - Throws: ``MailError`` when there is no such program.
    package init(_ command: [String]) throws {
        guard let program = command.first, FileManager.default.isExecutableFile(atPath: program)
        else {
            throw MailError("\(command.first ?? "") is no program that can be run")
        }
        self.program = program
        self.arguments = Array(command.dropFirst())
    }

    package func deliver(_ message: MailMessage) async throws {
        // A file, not a pipe: the command may end without reading, and nobody has to wait for it.
        let input = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(message.id).\(UInt64.random(in: 0 ... .max)).mail")
        let isMade = FileManager.default.createFile(
            atPath: input.path, contents: Data(message.bytes(lineEnd: "\n")),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw MailError("\(input.path) cannot be written") }
        defer { try? FileManager.default.removeItem(at: input) }
        let file = try FileHandle(forReadingFrom: input)
        let process = try ChildProcess(
            self.program, self.arguments, input: file.fileDescriptor)
        try file.close()
        let status = try await Self.end(of: process)
        guard status == 0 else {
            throw MailError(
                "\(self.program) ended with status \(status)",
                isPermanent: Self.permanent.contains(status))
        }
    }

    /// Waits for the command's end, which comes at the latest when its time is over.
    private static func end(of process: ChildProcess) async throws -> Int32 {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask { await process.status }
            group.addTask {
                try? await Task.sleep(for: .seconds(Self.secondsMax))
                // Cancelled when the command has ended; otherwise it is made to.
                if !Task.isCancelled { process.kill() }
                return await process.status
            }
            defer { group.cancelAll() }
            return try await group.next() ?? -1
        }
    }
}
