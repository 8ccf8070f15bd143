import CBOR
import ContractLifecycle
import ContractsAPI
import ContractsDomain
import Identifiers
import Storage

extension ContractsService {
    /// Takes a user out of every contract, if nothing stands against any of it.
    func removeUser(_ request: RemoveUser) async throws -> RemoveUser.Reply {
        let obstacles = try await self.obstacles(to: request.user)
        guard obstacles.isEmpty else { return Self.refusal(obstacles) }
        let caller = Caller(
            actor: AccessPolicy.Actor(
                user: request.actor, tenant: request.tenant, isTenantAdmin: true),
            catalogue: try await self.roles.catalogue(of: request.tenant),
            requestID: request.requestID)
        while true {
            let next = try await self.database.read { transaction in
                try MembershipsOfUser.page(
                    of: request.user, after: nil, max: 1, in: transaction
                ).first?.contract
            }
            guard let next else { break }
            do {
                try await self.removeMember(request.user, of: next, by: caller)
            } catch Refusal.memberNotFound {
                continue
            } catch let refusal as Refusal {
                // It changed since it was looked at.
                guard let reason = RemoveUser.Obstacle.Reason(refusal) else { throw refusal }
                return Self.refusal([.init(contract: next, reason: reason)])
            }
        }
        try await self.markForgotten(request.user)
        return .removed
    }

    /// Marks a user who is a member of nothing, and has identity delete them.
    ///
    /// The removal of a last membership has done so already; a user who never had one is marked here.
    private func markForgotten(_ user: UserID) async throws {
        let now = self.clock.nowMilliseconds
        let release = UserRelease(operation: self.newID(), user: user)
        try await self.database.write { transaction in
            guard
                try UserRemovalStore.markIfForgotten(
                    user, release.operation, at: now, in: transaction)
            else { return }
            try self.send(
                CBOREncoder().encode(release), .releaseUser, to: .identity,
                about: "release/\(user)", epoch: 0, in: transaction)
        }
    }

    /// What stands against taking a user's memberships away.
    private func obstacles(to user: UserID) async throws -> [RemoveUser.Obstacle] {
        try await self.database.read { transaction in
            var obstacles: [RemoveUser.Obstacle] = []
            var last: ContractID?
            while true {
                let page = try MembershipsOfUser.page(
                    of: user, after: last, max: ContractsLimits.membershipsPerRead,
                    in: transaction)
                for membership in page {
                    guard
                        let reason = try Self.obstacle(to: membership, in: transaction)
                    else { continue }
                    obstacles.append(.init(contract: membership.contract, reason: reason))
                }
                guard let end = page.last else { return obstacles }
                last = end.contract
            }
        }
    }

    private static func obstacle(
        to membership: MembershipsOfUser.Membership, in transaction: any ReadTransaction
    ) throws -> RemoveUser.Obstacle.Reason? {
        guard let row = try ContractStore.find(membership.contract, in: transaction) else {
            return nil
        }
        do {
            try row.lifecycle.check(PublicCall.removeMember.rule.act)
            try MembershipRules.leave(
                MemberStore.census(of: membership.contract, in: transaction),
                roles: membership.roles)
            return nil
        } catch let refusal as Refusal {
            guard let reason = RemoveUser.Obstacle.Reason(refusal) else { throw refusal }
            return reason
        }
    }

    private static func refusal(_ obstacles: [RemoveUser.Obstacle]) -> RemoveUser.Reply {
        .refused(
            Array(obstacles.prefix(RemoveUser.obstaclesMax)), total: obstacles.count)
    }
}

extension RemoveUser.Obstacle.Reason {
    /// The reason in a refusal; `nil` for refusals that are about something else.
    fileprivate init?(_ refusal: Refusal) {
        switch refusal {
        case .lastOwner: self = .lastOwner
        case .state(let inForce):
            switch inForce.state {
            case .suspending, .suspended: self = .suspended
            case .active, .preparing, .scheduled, .deleting, .deleted: self = .deleting
            }
        default: return nil
        }
    }
}
