import Foundation
import Synchronization

/// A thread on which an attack runs from beginning to end, blocking or not.
///
/// The threads that tests run on are few: who blocks one of them holds up everybody.
final class AttackThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    private init() {}

    /// Runs a body on a thread of its own, and ends the thread with it.
    static func run<Found: Sendable>(
        _ body: @escaping @Sendable () async throws -> Found
    ) async -> Result<Found, any Error> {
        let executor = AttackThread()
        Thread { executor.runJobs() }.start()
        let result = await Task(executorPreference: executor) { () -> Result<Found, any Error> in
            do { return .success(try await body()) } catch { return .failure(error) }
        }.value
        executor.state.withLock { $0.isOver = true }
        executor.wakeUp.signal()
        return result
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.state.withLock { $0.jobs.append(job) }
        self.wakeUp.signal()
    }

    private func runJobs() {
        while true {
            self.wakeUp.wait()
            let (job, isOver) = self.state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isOver)
            }
            if let job {
                job.runSynchronously(on: self.asUnownedTaskExecutor())
            } else if isOver {
                return
            }
        }
    }
}
