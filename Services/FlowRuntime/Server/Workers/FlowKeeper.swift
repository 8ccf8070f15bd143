import Crypto
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import Logging
import PublicHTTP
import Synchronization

/// Keeps one flow's worker, from the first wish for one to the last one's end.
struct FlowKeeper {
    /// A worker's process and, once it is gone, how it ended.
    private final class Kept: Sendable {
        let row: WorkerRow
        let process: any WorkerProcess
        private let exit = Mutex<WorkerExit?>(nil)

        init(_ row: WorkerRow, _ process: any WorkerProcess) {
            self.row = row
            self.process = process
        }

        var ended: WorkerExit? { self.exit.withLock { $0 } }

        func end(_ exit: WorkerExit) { self.exit.withLock { $0 = exit } }
    }

    private let supervisor: WorkerSupervisor
    private let flow: FlowID
    private let bell: Bell
    private var course: WorkerCourse
    private var worker: Kept?
    private var isStopping = false

    init(_ supervisor: WorkerSupervisor, _ flow: FlowID, _ bell: Bell) {
        self.supervisor = supervisor
        self.flow = flow
        self.bell = bell
        self.course = WorkerCourse(graceMilliseconds: supervisor.settings.graceMilliseconds)
    }

    private var time: Timekeeper { self.supervisor.time }

    /// Keeps until there is no worker and none is wanted.
    func run() async {
        var keeper = self
        await withDiscardingTaskGroup { group in
            var action = await keeper.lookUp()
            while true {
                switch action {
                case .leave:
                    // Looked at again after leaving: whoever changed something in between found a
                    // keeper and made none.
                    keeper.supervisor.leave(keeper.flow)
                    if await keeper.isWanted() { keeper.supervisor.look(at: keeper.flow) }
                    return
                case .start: action = await keeper.start(in: &group)
                case .terminate(let until):
                    await keeper.terminate()
                    action = await keeper.event(until: until)
                case .kill:
                    keeper.worker?.process.kill()
                    action = await keeper.event(until: nil)
                case .wait: action = await keeper.event(until: nil)
                case .waitUntil(let until): action = await keeper.event(until: until)
                }
            }
        }
    }

    /// Waits for something to happen and says what to do about it.
    private mutating func event(until: Int64?) async -> WorkerCourse.Action {
        if let until {
            let rest = until - self.time.now()
            if rest > 0 { await self.bell.wait(milliseconds: rest, self.time) }
        } else {
            await self.bell.wait()
        }
        if let worker = self.worker, let exit = worker.ended {
            self.worker = nil
            self.log(exit, of: worker.row)
            await self.supervisor.forget(worker.row, after: self.isStopping ? nil : exit)
            self.isStopping = false
            return self.course.ended(now: self.time.now())
        }
        let now = self.time.now()
        if let until, now >= until { return self.course.timeCame(now: now) }
        return await self.lookUp()
    }

    private mutating func lookUp() async -> WorkerCourse.Action {
        let isWanted = await self.isWanted()
        return self.course.wanted(isWanted, now: self.time.now())
    }

    /// Whether a worker is wanted; as before when the database does not say.
    private func isWanted() async -> Bool {
        do {
            return try await self.supervisor.isWanted(
                self.flow, hasWorker: self.worker != nil)
        } catch {
            self.supervisor.logger.error("a flow could not be looked up", error: error)
            return self.worker != nil
        }
    }

    private mutating func terminate() async {
        guard let worker = self.worker else { return }
        self.isStopping = true
        do {
            try await self.supervisor.setStopping(worker.row)
        } catch {
            self.supervisor.logger.error("a worker's row could not be changed", error: error)
        }
        self.supervisor.feeds.stop(self.flow)
        worker.process.terminate()
    }

    private func log(_ exit: WorkerExit, of row: WorkerRow) {
        self.supervisor.logger.log(
            level: self.isStopping || exit == .code(WorkerExitCode.asked) ? .info : .warning,
            "a worker ended",
            metadata: [
                "worker": "\(row.id)", "flow": "\(row.flow)", "contract": "\(row.contract)",
                "exit": "\(exit)",
            ])
    }
}

extension FlowKeeper {
    /// Makes a worker: intent, process, note of the process, and only then the word to work.
    private mutating func start(
        in group: inout DiscardingTaskGroup
    ) async -> WorkerCourse.Action {
        let token = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        var intended: WorkerRow?
        do {
            intended = try await self.supervisor.intend(
                self.flow, tokenHash: Array(SHA256.hash(data: token)))
            guard let row = intended else { return await self.notStarted() }
            let process = try await self.supervisor.launcher.launch(
                WorkerBadge(worker: row.id, contract: row.contract))
            let kept = Kept(row, process)
            self.worker = kept
            let bell = self.bell
            group.addTask {
                kept.end(await process.gone())
                bell.ring()
            }
            return await self.tell(kept, token)
        } catch {
            self.supervisor.logger.error(
                "a worker could not be made", error: error, metadata: ["flow": "\(self.flow)"])
            if let row = intended { await self.supervisor.forget(row, after: nil) }
            return self.course.startFailed(now: self.time.now())
        }
    }

    /// No worker is wanted any more, or not known to be.
    private mutating func notStarted() async -> WorkerCourse.Action {
        _ = await self.lookUp()
        return self.course.startFailed(now: self.time.now())
    }

    /// Tells a process to work, unless things have changed; then it ends by itself.
    private mutating func tell(_ kept: Kept, _ token: [UInt8]) async -> WorkerCourse.Action {
        let settings = self.supervisor.settings
        let orders = WorkerOrders(
            socket: settings.socket, pass: WorkerPass(worker: kept.row.id, token: token),
            peerToken: settings.peerToken.reveal(),
            programMillisecondsMax: settings.programMillisecondsMax,
            allowedNetworks: settings.allowedNetworks, folder: settings.folder(of: kept.row.id),
            trustsComponents: settings.trustsComponents)
        do {
            if try await self.supervisor.setRunning(kept.row, as: kept.process.mark) {
                try kept.process.tell(orders.line)
            } else {
                kept.process.dismiss()
            }
        } catch {
            self.supervisor.logger.error(
                "a worker could not be told to work", error: error,
                metadata: ["flow": "\(self.flow)"])
            kept.process.dismiss()
        }
        return self.course.started(now: self.time.now())
    }
}

extension WorkerOrders {
    /// The line a worker is given.
    var line: [UInt8] {
        let json: JSON = [
            "socket": .string(self.socket), "worker": .string(self.pass.worker.text),
            "token": .string(Hexadecimal.text(of: self.pass.token)),
            "peer_token": .string(self.peerToken),
            "program_ms_max": .integer(self.programMillisecondsMax),
            "allow_networks": .strings(self.allowedNetworks), "folder": .string(self.folder),
            "trusts_components": .bool(self.trustsComponents),
        ]
        return json.bytes() + [UInt8(ascii: "\n")]
    }
}

/// Bytes as digits.
enum Hexadecimal {
    static func text(of bytes: [UInt8]) -> String {
        bytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
