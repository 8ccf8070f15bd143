import ContractLifecycle
import ContractParticipant
import ContractsDomain
import Identifiers
import Storage

/// What this service holds of a contract, children before parents.
enum ContractKinds {
    /// The kinds in the order they are erased.
    static func all(clock: any WallClock) -> [PurgeKind] {
        [
            PurgeKind("invites", table: "invite"),
            PurgeKind(
                "workspace_members", table: "workspace_member", key: ["workspace_id", "user_id"]),
            PurgeKind("workspaces", table: "workspace"),
            PurgeKind("team_members", table: "team_member", key: ["team_id", "user_id"]),
            PurgeKind("teams", table: "team"),
            PurgeKind(
                "contract_members", tables: ["contract_member"],
                count: { contract, transaction in
                    try MemberStore.count(of: contract, in: transaction)
                },
                purge: { scope, rowsMax, transaction in
                    try self.purgeMembers(
                        scope, rowsMax, at: clock.nowMilliseconds, in: transaction)
                }),
        ]
    }

    /// Takes memberships, and marks users who have none left in the same transaction: two contracts
    /// deleted at once never both keep, or both lose, a user they share.
    private static func purgeMembers(
        _ scope: PurgeScope, _ rowsMax: Int, at now: Int64, in transaction: any WriteTransaction
    ) throws -> Int {
        let members = try MemberStore.list(of: scope.contract, max: rowsMax, in: transaction)
        for member in members {
            try MemberStore.delete(member.user, from: scope.contract, in: transaction)
            _ = try UserRemovalStore.markIfForgotten(
                member.user, scope.operation, at: now, in: transaction)
        }
        return members.count
    }
}

/// Answers how contracts stand from their own rows: this service decides it.
struct ContractRows: ContractAuthority {
    /// Makes the authority.
    init() {}

    func standing(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractStanding {
        if let row = try ContractStore.find(contract, in: transaction) {
            let phase = row.lifecycle.phase
            return ContractStanding(
                state: phase.state, epoch: row.lifecycle.epoch, operation: phase.operation,
                reason: phase.reason, since: phase.since)
        }
        // Erased or never made: nothing is allowed.
        let tombstone = try ContractStore.tombstone(of: contract, in: transaction)
        return ContractStanding(
            state: .deleted, epoch: tombstone?.epoch ?? 0, operation: tombstone?.operation,
            reason: nil, since: tombstone?.deletedAt ?? 0)
    }
}
