import ChildProcesses
import Foundation
import TestKit
import Testing

@Suite("Programs that run beside this one")
struct ChildProcessTests {
    @Test(
        "how it ended is told to everybody who asks",
        arguments: [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$; exit 3", 15)])
    func ends(script: String, status: Int32) async throws {
        let child = try ChildProcess("/bin/sh", ["-c", script])
        async let one = child.status
        async let other = child.status
        #expect(await [one, other] == [status, status])
        #expect(await child.status == status)
        child.kill()
    }

    @Test("it is ended at once")
    func killed() async throws {
        let child = try ChildProcess("/bin/sleep", ["600"])
        child.kill()
        #expect(await child.status == 9)
    }

    @Test("it takes signals by their numbers, and heads a process group of its own")
    func signalled() async throws {
        let child = try ChildProcess("/bin/sleep", ["600"])
        #expect(getpgid(child.id) == child.id)
        child.signal(SIGTERM)
        #expect(await child.status == SIGTERM)
    }

    @Test("a program that is not there is named")
    func missing() {
        #expect {
            try ChildProcess("/nowhere/at-all")
        } throws: {
            "\($0)".hasPrefix("/nowhere/at-all cannot be started: ")
        }
    }

    /// Runs a script and gives what it writes to standard output.
    private func output(
        of script: String, environment: [String: String]? = nil, input: Int32? = nil
    ) async throws -> String {
        let folder = try TemporaryFolder()
        let place = URL(filePath: folder.file("out"))
        try Data().write(to: place)
        let file = try FileHandle(forWritingTo: place)
        let child = try ChildProcess(
            "/bin/sh", ["-c", script], environment: environment, input: input,
            output: file.fileDescriptor, errors: file.fileDescriptor)
        try file.close()
        #expect(await child.status == 0)
        return try String(contentsOf: place, encoding: .utf8)
    }

    @Test("it has the files and the environment it is given and no others, however many are open")
    func inherits() async throws {
        let folder = try TemporaryFolder()
        let place = URL(filePath: folder.file("in"))
        try Data("given".utf8).write(to: place)
        let pipes = (0..<1_000).map { _ in Pipe() }
        let input = try FileHandle(forReadingFrom: place)
        let found = try await self.output(
            of: "cat; echo; echo $WORD; ls -1 /proc/$$/fd", environment: ["WORD": "said"],
            input: input.fileDescriptor)
        #expect(found == "given\nsaid\n0\n1\n2\n")
        #expect(pipes.count == 1_000)
    }

    @Test("without files it reads nothing, and what it writes is dropped")
    func nothing() async throws {
        let child = try ChildProcess("/bin/sh", ["-c", "cat && echo out && echo err >&2"])
        #expect(await child.status == 0)
    }

    @Test("it neither blocks nor ignores signals, whatever the thread does that starts it")
    func signals() async throws {
        let found = try await self.output(
            of: "exec grep -E '^Sig(Blk|Ign):' /proc/self/status")
        let masks = found.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        // The C library keeps two real-time signals for itself.
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0], "\(found)")
    }
}
