import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// The table `workspace_member`.
enum WorkspaceMemberStore {
    /// Makes a user a member; somebody who is one stays as they are.
    static func insert(
        _ member: MemberStore.Member, into workspace: WorkspaceID, of contract: ContractID,
        at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO workspace_member
                (workspace_id, user_id, contract_id, roles, is_owner, added_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, user_id) DO NOTHING
            """,
            [
                workspace, member.user, contract, RoleText.text(member.roles),
                MembershipRules.isOwner(member.roles), now,
            ])
    }

    static func update(
        _ member: MemberStore.Member, of workspace: WorkspaceID,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE workspace_member SET roles = ?, is_owner = ?
            WHERE workspace_id = ? AND user_id = ?
            """,
            [
                RoleText.text(member.roles), MembershipRules.isOwner(member.roles), workspace,
                member.user,
            ])
    }

    static func roles(
        of user: UserID, in workspace: WorkspaceID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> [String]? {
        try transaction.row(
            "SELECT roles FROM workspace_member WHERE workspace_id = ? AND user_id = ?",
            [workspace, user]
        ).map { row throws(StorageError) in RoleText.names(try row.text("roles")) }
    }

    /// Members in the order of their ids.
    static func list(
        of workspace: WorkspaceID, offset: Int = 0, max: Int,
        in transaction: any ReadTransaction
    ) throws(StorageError) -> [MemberStore.Member] {
        var members: [MemberStore.Member] = []
        for row in try transaction.rows(
            """
            SELECT user_id, roles FROM workspace_member WHERE workspace_id = ?
            ORDER BY user_id LIMIT ? OFFSET ?
            """, [workspace, max, offset])
        {
            members.append(try MemberStore.Member(row))
        }
        return members
    }

    static func count(
        of workspace: WorkspaceID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM workspace_member WHERE workspace_id = ?", [workspace]
        )?.int("found") ?? 0
    }

    /// Owners of a workspace, counted up to two: the rules only tell one and more apart.
    static func owners(
        of workspace: WorkspaceID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.rows(
            """
            SELECT user_id FROM workspace_member WHERE workspace_id = ? AND is_owner = 1 LIMIT 2
            """, [workspace]
        ).count
    }

    /// The workspaces of a contract whose only owner a user is.
    static func onlyOwned(
        by user: UserID, in contract: ContractID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> [WorkspaceID] {
        var workspaces: [WorkspaceID] = []
        for row in try transaction.rows(
            """
            SELECT workspace_id FROM workspace_member AS mine
            WHERE contract_id = ? AND user_id = ? AND is_owner = 1 AND NOT EXISTS (
                SELECT 1 FROM workspace_member AS other
                WHERE other.workspace_id = mine.workspace_id AND other.is_owner = 1
                    AND other.user_id <> mine.user_id
            )
            ORDER BY workspace_id
            """, [contract, user])
        {
            workspaces.append(try row.identifier("workspace_id"))
        }
        return workspaces
    }

    /// Makes a member of the contract an owner of a workspace, besides what the roles there are.
    static func makeOwner(
        _ user: UserID, of workspace: WorkspaceID, in contract: ContractID, at now: Int64,
        _ transaction: any WriteTransaction
    ) throws(StorageError) {
        if let roles = try self.roles(of: user, in: workspace, transaction) {
            guard !MembershipRules.isOwner(roles) else { return }
            try self.update(
                .init(user: user, roles: [RoleCatalogue.owner] + roles), of: workspace,
                in: transaction)
        } else {
            try self.insert(
                .init(user: user, roles: [RoleCatalogue.owner]), into: workspace, of: contract,
                at: now, in: transaction)
        }
    }

    static func delete(
        _ user: UserID, from workspace: WorkspaceID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM workspace_member WHERE workspace_id = ? AND user_id = ?",
            [workspace, user])
    }

    /// Takes everybody out of a workspace; how many they were.
    static func deleteAll(
        of workspace: WorkspaceID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute(
            "DELETE FROM workspace_member WHERE workspace_id = ?", [workspace])
    }

    /// Takes a user out of all workspaces of a contract.
    static func delete(
        _ user: UserID, fromAllOf contract: ContractID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM workspace_member WHERE contract_id = ? AND user_id = ?",
            [contract, user])
    }
}
