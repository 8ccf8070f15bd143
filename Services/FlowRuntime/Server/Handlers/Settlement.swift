import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Storage

/// What becomes of a message once an attempt at carrying it is over, in one transaction.
enum Settlement {
    /// Carried through: it leaves the queue.
    static func succeed(
        _ message: MessageRow, steps: [StepOutcome], at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try ExecutionStore.replaceSteps(
            steps, of: message.execution, contract: message.contract, in: transaction)
        try ExecutionStore.set(
            .succeeded, attempts: message.attempt, finishedAt: now, of: message.execution,
            in: transaction)
        try MessageStore.remove(message, in: transaction)
    }

    /// Failed: it is kept for another attempt, or becomes an error; whether it is kept.
    static func fail(
        _ message: MessageRow, with failure: StepFailure, steps: [StepOutcome], at now: Int64,
        in transaction: any WriteTransaction
    ) throws -> Bool {
        try ExecutionStore.replaceSteps(
            steps, of: message.execution, contract: message.contract, in: transaction)
        let decision = RetryRule.decide(
            isTransient: failure.isTransient, attempt: message.attempt)
        if case .retry(let wait) = decision {
            try ExecutionStore.set(
                .retrying, attempts: message.attempt, finishedAt: nil, of: message.execution,
                in: transaction)
            try MessageStore.postpone(message, until: now + wait, in: transaction)
            return true
        }
        try ExecutionStore.set(
            .failed, attempts: message.attempt, finishedAt: now, of: message.execution,
            in: transaction)
        try MessageStore.remove(message, in: transaction)
        try ErrorStore.insert(
            FlowErrorRow(
                id: FlowErrorID(secondsSince1970: now / 1_000), flow: message.flow,
                contract: message.contract, execution: message.execution, step: failure.step,
                code: failure.code, message: failure.message, content: message.content,
                attempts: message.attempt, occurredAt: now),
            in: transaction)
        return false
    }
}
