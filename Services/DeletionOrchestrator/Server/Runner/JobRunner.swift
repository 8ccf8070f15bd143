import Identifiers
import Logging
import Storage
import Synchronization

/// Finds jobs whose time has come and has them driven, a bounded number at once.
///
/// There is no queue besides the rows: the store is looked at when something wakes the runner, when
/// the next job's time comes, and every five seconds whatever happens.
final class JobRunner: Sendable {
    private let workers: [any LifecycleWorker]
    private let clock: any WallClock
    private let waits: any Clock<Duration>
    private let limits: RunnerLimits
    private let logger: Logger
    private let bell = WakeSignal()
    private let running = Mutex<Set<OperationID>>([])

    init(
        _ workers: [any LifecycleWorker], clock: any WallClock, waits: any Clock<Duration>,
        limits: RunnerLimits, logger: Logger
    ) {
        self.workers = workers
        self.clock = clock
        self.waits = waits
        self.limits = limits
        self.logger = logger
    }

    /// Says that a job may have become due.
    func wake() { self.bell.wake() }

    /// Runs until the task is cancelled; jobs stop where they were last saved.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                var pause = self.limits.rescanMillisecondsMax
                do {
                    pause = try await self.startDue { worker, operation in
                        group.addTask { await self.drive(operation, by: worker) }
                    }
                } catch {
                    self.logger.error("jobs cannot be read", metadata: ["error": "\(error)"])
                }
                await self.bell.wait(for: .milliseconds(pause), clock: self.waits)
            }
        }
    }

    /// Starts what is due and says how long nothing else will be.
    private func startDue(
        _ start: (any LifecycleWorker, OperationID) -> Void
    ) async throws -> Int64 {
        let now = self.clock.nowMilliseconds
        var pause = self.limits.rescanMillisecondsMax
        for worker in self.workers {
            for operation in try await worker.due(at: now, max: self.limits.jobsMax)
            where self.begin(operation) {
                start(worker, operation)
            }
            if let next = try await worker.nextTime(after: now) { pause = min(pause, next - now) }
        }
        return pause
    }

    private func begin(_ operation: OperationID) -> Bool {
        self.running.withLock { running in
            running.count < self.limits.jobsMax && running.insert(operation).inserted
        }
    }

    /// Drives one job; a failing store is looked at again with the next scan, not at once.
    private func drive(_ operation: OperationID, by worker: any LifecycleWorker) async {
        let isOver: Bool
        do {
            try await worker.drive(operation)
            isOver = true
        } catch {
            isOver = false
            if !Task.isCancelled {
                self.logger.error(
                    "a job stopped",
                    metadata: ["operation": "\(operation)", "error": "\(error)"])
            }
        }
        self.running.withLock { _ = $0.remove(operation) }
        if isOver { self.bell.wake() }
    }
}
