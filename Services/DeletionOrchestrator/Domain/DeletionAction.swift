package import ContractLifecycle
package import Identifiers

/// What a deletion needs done next.
package enum DeletionAction: Hashable, Sendable {
    /// Put `deleting` into force at a service.
    case fence(Participant)
    /// Have the flow runtime stop workers and say how many are left.
    case stopFlows
    /// Have the flow runtime attest that none is left.
    case attest
    /// Have a service count what it holds.
    case count(Participant)
    /// Erase a chunk.
    case purge(Participant, kind: String, chunk: Int)
    /// Ask contracts which users lost their last membership.
    case askUsers
    /// Have identity delete users.
    case releaseUsers([UserID])
    /// Tell contracts that they are deleted.
    case confirmUsers([UserID])
    /// Have a service leave no erased byte in its files.
    case seal(Participant)
    /// Sign and store the receipt.
    case issueReceipt
    /// Have contracts make the tombstone.
    case finish
    /// Do nothing before this time, in milliseconds since 1970.
    case wait(until: Int64)
    /// Do nothing ever again.
    case rest
}

/// What became of an action.
package enum DeletionEvent: Hashable, Sendable {
    /// A service answered `ApplyContractState`.
    case fenced(Participant, LifecycleAcknowledgement)
    /// The flow runtime answered `StopFlows`.
    case stopping(remaining: Int, stopped: Int)
    /// The flow runtime attested.
    case attested(Attestation)
    /// A service counted.
    case counted(Participant, [KindCount])
    /// A chunk was erased.
    case erased(Participant, kind: String, chunk: Int, rows: Int, isLast: Bool)
    /// Contracts named the users to release; nobody is left when there are none.
    case usersToRelease([UserID])
    /// Identity deleted the users it was told, and these rows.
    case usersReleased([KindCount])
    /// Contracts took note.
    case usersConfirmed
    /// A service left no erased byte.
    case sealed(Participant)
    /// The receipt is stored.
    case receiptIssued
    /// Contracts answered `FinishDeletion`.
    case finished(LifecycleAcknowledgement)
    /// A call failed.
    case failed(Participant, CallFailure)
    /// Somebody wants it tried now.
    case hurried
}

/// How a call failed.
package enum CallFailure: Hashable, Sendable {
    /// Nobody answered, or not now: it may or may not have been carried out.
    case unreachable
    /// The service answered with an error of this code.
    case refused(code: String)

    /// Why to wait.
    func condition(_ service: Participant) -> Condition {
        switch self {
        case .unreachable: .serviceUnreachable(service)
        case .refused(let code): .serviceRefused(service, code: code)
        }
    }
}

/// The flow runtime's word that no process of a contract is left and none can start.
package struct Attestation: Hashable, Sendable {
    /// Workers left; an attestation with any is none.
    package var workers: Int
    /// Workers stopped by the deletion.
    package var stopped: Int
    /// How absence was proven.
    package var method: String
    /// The runtime's instance fence.
    package var instanceFence: Int64
    /// When, in milliseconds since 1970.
    package var attestedAt: Int64

    package init(
        workers: Int, stopped: Int, method: String, instanceFence: Int64, attestedAt: Int64
    ) {
        self.workers = workers
        self.stopped = stopped
        self.method = method
        self.instanceFence = instanceFence
        self.attestedAt = attestedAt
    }
}

/// Users being removed together.
package struct UserBatch: Hashable, Sendable {
    /// The users, in the order in which identity is told.
    package var users: [UserID]
    /// Whether identity has deleted them.
    package var isReleased: Bool

    package init(users: [UserID], isReleased: Bool) {
        self.users = users
        self.isReleased = isReleased
    }
}
