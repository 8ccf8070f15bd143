import DeletionOrchestratorDomain
import Identifiers
import Storage

/// Issues a deletion's receipt in the transaction that moves the deletion on.
struct ReceiptIssuer {
    let keys: ReceiptKeys
    /// How long backups are kept; 0 when none are made.
    let backupsKeptDays: Int

    /// Signs and stores the receipt, chained to the one before; one that exists is left alone.
    func issue(
        _ job: DeletionJob, at now: Int64, in transaction: any WriteTransaction
    ) throws {
        let operation = job.operation
        if try ReceiptStore.load(operation, in: transaction) != nil { return }
        var times: [DeletionState: Int64] = [:]
        for event in try EventChain.read(operation, in: transaction) where times[event.to] == nil {
            times[event.to] = event.at
        }
        let document = ReceiptDocument(
            job: job, times: times,
            requestedBy: self.keys.mark(of: job.requestedBy, in: operation),
            usersRemoved: try DeletionStore.marks(of: operation, in: transaction), issuedAt: now,
            backupsUntil: self.backupsKeptDays > 0
                ? now + Int64(self.backupsKeptDays) * 86_400_000 : nil,
            publicKey: self.keys.publicKey,
            previous: try ReceiptStore.newestDigest(in: transaction))
        try ReceiptStore.insert(
            try self.keys.sign(document), of: operation, issuedAt: now, in: transaction)
    }
}
