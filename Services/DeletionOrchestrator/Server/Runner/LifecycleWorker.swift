import Identifiers

/// Drives jobs of one kind, whose rows are the queue.
protocol LifecycleWorker: Sendable {
    /// The unfinished jobs whose time has come, most overdue first.
    func due(at now: Int64, max: Int) async throws -> [OperationID]
    /// When the next unfinished job's time comes.
    func nextTime(after now: Int64) async throws -> Int64?
    /// Carries out a job's calls, saving after each, until it must wait or is over.
    ///
    /// - Throws: when the store fails or the task is cancelled; the job is as it was last saved.
    func drive(_ operation: OperationID) async throws
}
