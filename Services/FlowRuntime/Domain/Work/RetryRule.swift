package import FlowRuntimeAPI

/// What becomes of a message whose execution failed.
package enum RetryRule {
    package static let firstMilliseconds: Int64 = 1_000
    package static let millisecondsMax: Int64 = 60_000

    package enum Decision: Hashable, Sendable {
        /// It is carried again after a wait; those behind it wait too.
        case retry(afterMilliseconds: Int64)
        /// It becomes an error that people can retry.
        case giveUp
    }

    /// Decides after attempt number `attempt` (from 1) failed.
    package static func decide(isTransient: Bool, attempt: Int) -> Decision {
        guard isTransient, attempt < FlowLimits.attemptsMax else { return .giveUp }
        let doublings = min(max(attempt - 1, 0), 20)
        return .retry(
            afterMilliseconds: min(self.firstMilliseconds << doublings, self.millisecondsMax))
    }

    /// The failure of a message whose worker ended while carrying it.
    package static let workerEnded = StepFailure(
        step: "", code: "worker_ended",
        message: "The worker ended while carrying this message.", isTransient: true)
}
