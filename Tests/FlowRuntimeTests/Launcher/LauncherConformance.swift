import FlowRuntimeDomain
import Foundation
import Identifiers
import TestKit
import Testing

@testable import FlowRuntimeServer

/// What every launcher does, whatever it makes workers of.
///
/// A launcher under test runs the shell program it is given in place of a worker.
struct LauncherConformance {
    /// Makes a launcher whose workers run a shell program.
    let launcher: (_ program: String) throws -> any WorkerLauncher
    /// Somewhere for programs to write.
    let folder: TemporaryFolder

    /// Runs what it is told, and says that it has.
    static let obedient = "read line && echo \"$line\" > \"$OUT\" && exec sleep 600"
    /// Ignores being asked to end.
    static let stubborn =
        "trap '' TERM; read line && echo \"$line\" > \"$OUT\"; while :; do sleep 1; done"
    /// Leaves a process in a session of its own behind.
    static let fertile = "read line; setsid sleep 600 & echo \"$line\" > \"$OUT\"; exec sleep 600"

    private func badge() -> WorkerBadge {
        WorkerBadge(
            worker: WorkerID(secondsSince1970: 1), contract: ContractID(secondsSince1970: 1))
    }

    /// Waits for what a program writes once it has been told.
    private func heard() async throws -> String {
        while true {
            if let text = try? String(contentsOfFile: self.folder.file("out"), encoding: .utf8),
                text.hasSuffix("\n")
            {
                return text
            }
            await Task.yield()
        }
    }

    func check() async throws {
        try await self.tellsAndTerminates()
        try await self.endsWithItsInput()
        try await self.killsTheStubborn()
        try await self.tellsOfCrashes()
        try await self.killsDescendants()
        try await self.endsWhatIsLeftOver()
        try await self.failsCleanly()
    }

    private func tellsAndTerminates() async throws {
        let launcher = try self.launcher(Self.obedient)
        let badge = self.badge()
        let process = try await launcher.launch(badge)
        #expect(ProcessTable.mark(of: process.mark.pid) == process.mark)
        #expect(await !launcher.isAbsent(badge.contract))
        try process.tell(Array("to work\n".utf8))
        #expect(try await self.heard() == "to work\n")
        #expect(throws: LaunchError.self) { try process.tell(Array("again\n".utf8)) }
        process.terminate()
        #expect(await process.gone() == .signal(SIGTERM))
        #expect(await launcher.isAbsent(badge.contract))
    }

    private func endsWithItsInput() async throws {
        let launcher = try self.launcher("read line && exit 9; exit 0")
        let process = try await launcher.launch(self.badge())
        process.dismiss()
        #expect(await process.gone() == .code(0))
    }

    private func killsTheStubborn() async throws {
        let launcher = try self.launcher(Self.stubborn)
        let badge = self.badge()
        try? FileManager.default.removeItem(atPath: self.folder.file("out"))
        let process = try await launcher.launch(badge)
        try process.tell(Array("x\n".utf8))
        _ = try await self.heard()
        process.terminate()
        process.kill()
        #expect(await process.gone() == .signal(SIGKILL))
        #expect(await launcher.isAbsent(badge.contract))
    }

    private func tellsOfCrashes() async throws {
        for (program, exit) in [("exit 3", WorkerExit.code(3)), ("kill -9 $$", .signal(SIGKILL))] {
            let process = try await self.launcher(program).launch(self.badge())
            let ended = await process.gone()
            #expect(ended == exit)
            #expect(ended.isCrash)
        }
    }

    private func killsDescendants() async throws {
        let launcher = try self.launcher(Self.fertile)
        let badge = self.badge()
        try? FileManager.default.removeItem(atPath: self.folder.file("out"))
        let process = try await launcher.launch(badge)
        try process.tell(Array("x\n".utf8))
        _ = try await self.heard()
        process.terminate()
        #expect(await process.gone() == .signal(SIGTERM))
        #expect(await launcher.isAbsent(badge.contract))
        #expect(ProcessTable.processes(with: "COVENANT_WORKER", badge.worker.text).isEmpty)
    }

    private func endsWhatIsLeftOver() async throws {
        let badge = self.badge()
        let process = try await self.launcher(Self.obedient).launch(badge)
        let later = try self.launcher(Self.obedient)
        let stranger = ProcessMark(
            boot: process.mark.boot, pid: getpid(), startedTicks: process.mark.startedTicks)
        await later.end(
            LeftOverWorker(badge: self.badge(), process: stranger, place: nil))
        #expect(ProcessTable.mark(of: process.mark.pid) != nil)
        async let gone = process.gone()
        await later.end(
            LeftOverWorker(badge: badge, process: process.mark, place: later.place(of: badge)))
        #expect(await gone == .signal(SIGKILL))
        #expect(await later.isAbsent(badge.contract))
    }

    private func failsCleanly() async throws {
        let launcher = LocalLauncher(.init(command: ["/nowhere/worker"]), groups: nil)
        await #expect(throws: LaunchError.self) { try await launcher.launch(self.badge()) }
    }
}

@Suite("Launchers", .serialized)
struct LauncherTests {
    static func settings(_ program: String, _ folder: TemporaryFolder) -> LocalLauncher.Settings {
        .init(
            command: ["/bin/sh", "-c", program],
            environment: ["PATH": "/usr/bin:/bin", "OUT": folder.file("out")])
    }

    @Test("the local launcher with sessions does what launchers do")
    func sessions() async throws {
        let folder = try TemporaryFolder()
        try await LauncherConformance(
            launcher: { LocalLauncher(Self.settings($0, folder), groups: nil) }, folder: folder
        ).check()
    }

    @Test(
        "the local launcher with control groups does what launchers do",
        .enabled(if: ControlGroups(named: "probe") != nil))
    func groups() async throws {
        let folder = try TemporaryFolder()
        let name = WorkerSettings.groupName(of: folder.path)
        try await LauncherConformance(
            launcher: {
                LocalLauncher(Self.settings($0, folder), groups: ControlGroups(named: name))
            },
            folder: folder
        ).check()
    }

    @Test("a worker starts with the standard descriptors, in a session of its own, bounded")
    func isConfined() async throws {
        let folder = try TemporaryFolder()
        let program = """
            { ls /proc/self/fd | wc -l; ulimit -c; ulimit -n; ulimit -d; \
            cut -d' ' -f6 /proc/$$/stat; echo $$; grep NoNewPrivs /proc/$$/status; env | sort; } > "$OUT"
            """
        var settings = Self.settings(program, folder)
        settings.filesMax = 100
        let badge = WorkerBadge(
            worker: WorkerID(secondsSince1970: 1), contract: ContractID(secondsSince1970: 1))
        let process = try await LocalLauncher(settings, groups: nil).launch(badge)
        #expect(await process.gone() == .code(0))
        let lines = try String(contentsOfFile: folder.file("out"), encoding: .utf8)
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        // The three, and the one by which `ls` reads the list.
        #expect(lines[0] == "4")
        #expect(Array(lines[1...3]) == ["0", "100", "\(512 << 10)"])
        #expect(lines[4] == lines[5])
        #expect(lines[6] == "NoNewPrivs:\t1")
        let variables = lines[7...].map { String($0.prefix { $0 != "=" }) }
        #expect(
            variables.sorted() == ["COVENANT_CONTRACT", "COVENANT_WORKER", "OUT", "PATH", "PWD"])
    }
}
