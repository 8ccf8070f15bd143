import Foundation
import Synchronization

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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: self.program)
        process.arguments = self.arguments
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let status = try await Self.run(process)
        guard status == 0 else {
            throw MailError(
                "\(self.program) ended with status \(status)",
                isPermanent: Self.permanent.contains(status))
        }
    }

    private static func run(_ process: Process) async throws -> Int32 {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            let ended = Ended()
            process.terminationHandler = { ended.fulfil($0.terminationStatus) }
            try process.run()
            let id = process.processIdentifier
            group.addTask { await ended.status }
            group.addTask {
                try? await Task.sleep(for: .seconds(Self.secondsMax))
                // Cancelled when the command has ended; otherwise it is made to.
                if !Task.isCancelled { kill(id, SIGKILL) }
                return await ended.status
            }
            defer { group.cancelAll() }
            return try await group.next() ?? -1
        }
    }

    /// The status of a process that ends at some time.
    private final class Ended: Sendable {
        private struct State {
            var status: Int32?
            var waiters: [CheckedContinuation<Int32, Never>] = []
        }

        private let state = Mutex(State())

        func fulfil(_ status: Int32) {
            let waiters = self.state.withLock { state in
                state.status = status
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: status) }
        }

        var status: Int32 {
            get async {
                await withCheckedContinuation { continuation in
                    let known = self.state.withLock { state in
                        if state.status == nil { state.waiters.append(continuation) }
                        return state.status
                    }
                    if let known { continuation.resume(returning: known) }
                }
            }
        }
    }
}
