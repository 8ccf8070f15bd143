import ContractsDomain
import Identifiers
import JSONAPI
import Storage

extension ContractsService {
    /// Gives what only a leaving member had in teams and workspaces to whoever inherits it, and
    /// takes the member out of all of them.
    ///
    /// - Returns: what the audit trail tells of it.
    func handOver(
        from user: UserID, of contract: ContractID, remover: UserID, at now: Int64,
        _ transaction: any WriteTransaction
    ) throws -> JSONObject {
        let isMember = try MemberStore.roles(of: remover, in: contract, transaction) != nil
        let heir = MembershipRules.heir(
            of: user, remover: isMember ? remover : nil,
            // Two: one of them may be who leaves.
            owners: try MemberStore.owners(of: contract, max: 2, in: transaction))
        let teams = try TeamMemberStore.handOver(
            from: user, to: heir, in: contract, at: now, transaction)
        let workspaces = try WorkspaceMemberStore.onlyOwned(
            by: user, in: contract, transaction)
        if let heir {
            for workspace in workspaces {
                try WorkspaceMemberStore.makeOwner(
                    heir, of: workspace, in: contract, at: now, transaction)
            }
        }
        try WorkspaceMemberStore.delete(user, fromAllOf: contract, in: transaction)
        guard heir != nil, teams > 0 || !workspaces.isEmpty else { return [:] }
        return [
            "inherited_teams": .integer(teams),
            "inherited_workspaces": .integer(workspaces.count),
        ]
    }
}
