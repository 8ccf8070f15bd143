import ContractLifecycle
import ContractParticipant
import ContractsAPI
import ContractsDomain
import Identifiers
import IdentityAPI
import RPC
import Storage

extension ContractsService {
    /// The users who lost their last membership in a deletion.
    ///
    /// Users whom identity protects (Tenant Admins) stay on the platform: their marks go here, and
    /// they are not named.
    func usersToRelease(_ request: UsersToRelease) async throws -> UsersToRelease.Reply {
        while true {
            let users = try await self.database.read { transaction in
                try UserRemovalStore.removing(
                    by: request.operation, max: UsersToRelease.usersMax, in: transaction)
            }
            guard !users.isEmpty else { return .init(users: []) }
            let protected = try await self.protected(among: users)
            if protected.isEmpty { return .init(users: users) }
            try await self.database.write { transaction in
                try UserRemovalStore.unmark(protected, in: transaction)
            }
        }
    }

    private func protected(among users: [UserID]) async throws -> [UserID] {
        try await self.peers.identity.send(GetUsers(users: users)).users
            .filter(\.isProtected).map(\.user)
    }

    /// Identity has deleted users: the audit trail forgets who they were, and nobody can be about to
    /// add them in a moment.
    func confirmUsersReleased(
        _ request: ConfirmUsersReleased
    ) async throws -> ConfirmUsersReleased.Reply {
        let now = self.clock.nowMilliseconds
        try await self.eraseFromAudit(request.users)
        try await self.database.write { transaction in
            try UserRemovalStore.confirm(
                request.users, request.operation, at: now, in: transaction)
        }
        return .init()
    }

    /// Has a user deleted who lost the last membership otherwise than by a deletion.
    func release(_ release: UserRelease) async throws {
        let protected = try await self.protected(among: [release.user])
        if protected.isEmpty {
            _ = try await self.peers.identity.send(
                ReleaseUsers(operation: release.operation, users: [release.user]))
            _ = try await self.confirmUsersReleased(
                ConfirmUsersReleased(operation: release.operation, users: [release.user]))
        } else {
            try await self.database.write { transaction in
                try UserRemovalStore.unmark(protected, in: transaction)
            }
        }
    }

    /// Everything is erased and the receipt stored: the contract becomes a tombstone.
    func finishDeletion(_ request: FinishDeletion) async throws -> LifecycleAcknowledgement {
        guard request.receiptDigest.count == 32 else {
            throw RPCError(.invalidArgument, "a receipt's digest has 32 bytes")
        }
        let now = self.clock.nowMilliseconds
        let author = self.callingService()
        let answer = try await self.database.write { transaction in
            try self.finishDeletion(request, by: author, at: now, in: transaction)
        }
        // The contract's own row went after the files were sealed. When readers are in the way the
        // database truncates its log itself as soon as it is idle.
        if answer == .applied { try? await self.database.checkpointTruncate() }
        return answer
    }

    private func finishDeletion(
        _ request: FinishDeletion, by author: AuditEvent.Author, at now: Int64,
        in transaction: any WriteTransaction
    ) throws -> LifecycleAcknowledgement {
        guard let row = try ContractStore.find(request.contract, in: transaction) else {
            guard
                let tombstone = try ContractStore.tombstone(
                    of: request.contract, in: transaction)
            else { throw RPCError(.notFound, "no contract \(request.contract)") }
            let isSame =
                tombstone.operation == request.operation
                && tombstone.receiptDigest == request.receiptDigest
            return isSame ? .applied : .conflict
        }
        let decision = row.lifecycle.finishDeletion(
            request.operation, epoch: request.epoch, at: now)
        guard case .advance(let deleted, let audience, _) = decision else {
            return .superseded(by: row.lifecycle.epoch)
        }
        let left = try UserRemovalStore.removing(
            by: request.operation, max: 1, in: transaction)
        guard left.isEmpty else {
            throw RPCError(.failedPrecondition, "users of the contract are still to be released")
        }
        try ContractStore.bury(
            deleted, request.operation, receiptDigest: request.receiptDigest, in: transaction)
        try PurgeProgress.forget(request.operation, in: transaction)
        try self.record(
            "contract.deleted", of: deleted, by: author, before: row.lifecycle.auditState,
            after: deleted.auditState, in: transaction)
        try self.tell(audience, deleted, in: transaction)
        return .applied
    }
}

/// A user to be deleted who lost the last membership otherwise than by a deletion.
struct UserRelease: Codable, Hashable {
    var operation: OperationID
    var user: UserID

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case user = 2
    }
}
