import DeletionOrchestratorDomain
import Identifiers
import Storage

/// A deletion as it is shown.
struct DeletionView: Hashable, Sendable {
    var job: DeletionJob
    /// Why it waits, in stable words.
    var conditions: [String]
    /// What is known of each kind.
    var kinds: [KindView]
    /// Kinds that need nothing more.
    var stepsDone: Int
    /// The digest of its receipt, once there is one.
    var receiptDigest: [UInt8]?
}

/// What is known of one kind.
struct KindView: Hashable, Sendable {
    var service: String
    var kind: String
    var found: Int
    var deleted: Int
    var remaining: Int

    init(service: String, kind: String, found: Int, deleted: Int, remaining: Int) {
        self.service = service
        self.kind = kind
        self.found = found
        self.deleted = deleted
        self.remaining = remaining
    }

    init(_ step: DeletionStep) {
        self.init(
            service: step.service.rawValue, kind: step.kind, found: step.found,
            deleted: step.deleted, remaining: step.remaining)
    }
}

extension DeletionView {
    /// A deletion's view now; when it is done the receipt is all that is left to tell of kinds.
    init(_ job: DeletionJob, at now: Int64, in transaction: any ReadTransaction) throws {
        let receipt = try ReceiptStore.load(job.operation, in: transaction)
        let kinds =
            job.state == .done ? try receipt?.kinds() ?? [] : job.steps.map { KindView($0) }
        self.init(
            job: job, conditions: job.conditions(at: now).map(\.text), kinds: kinds,
            stepsDone: job.state == .done ? kinds.count : job.steps.count(where: \.isDone),
            receiptDigest: receipt?.digest)
    }
}
