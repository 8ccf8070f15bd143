import ContractsDomain
import Identifiers
import Storage

extension InviteStore {
    /// A contract's pending invite, expired or not.
    static func pending(
        _ invite: InviteID, of contract: ContractID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> InviteRow? {
        try transaction.row(
            """
            SELECT \(InviteRow.columns) FROM invite
            WHERE id = ? AND contract_id = ? AND accepted_by IS NULL
            """, [invite, contract]
        ).map { row throws(StorageError) in try InviteRow(row) }
    }

    /// Every invite of a contract that nobody has accepted, expired or not.
    static func pending(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> [InviteRow] {
        var invites: [InviteRow] = []
        for row in try transaction.rows(
            """
            SELECT \(InviteRow.columns) FROM invite
            WHERE contract_id = ? AND accepted_by IS NULL ORDER BY id
            """, [contract])
        {
            invites.append(try InviteRow(row))
        }
        return invites
    }

    /// Saves what an invite leads into and with which roles.
    static func update(
        _ invite: InviteRow, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE invite SET roles = ?, is_owner = ?, workspace_id = ?, workspace_roles = ?
            WHERE id = ? AND accepted_by IS NULL
            """,
            [
                RoleText.text(invite.roles), MembershipRules.isOwner(invite.roles),
                invite.workspace,
                invite.workspace == nil ? nil : RoleText.text(invite.workspaceRoles), invite.id,
            ])
    }

    /// Gives an invite a new token and more time; the token before is worth nothing then.
    static func renew(
        _ invite: InviteRow, tokenDigest: [UInt8], in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE invite SET token_digest = ?, sent_at = ?, expires_at = ?
            WHERE id = ? AND accepted_by IS NULL
            """, [tokenDigest, invite.sentAt, invite.expiresAt, invite.id])
    }

    /// Takes back what leads into a workspace, and forgets where accepted invites led; which were
    /// taken back.
    static func closeWorkspace(
        _ workspace: WorkspaceID, in transaction: any WriteTransaction
    ) throws(StorageError) -> [InviteID] {
        var taken: [InviteID] = []
        for row in try transaction.rows(
            "SELECT id FROM invite WHERE workspace_id = ? AND accepted_by IS NULL ORDER BY id",
            [workspace])
        {
            taken.append(try row.identifier("id"))
        }
        try transaction.execute(
            "DELETE FROM invite WHERE workspace_id = ? AND accepted_by IS NULL", [workspace])
        try transaction.execute(
            "UPDATE invite SET workspace_id = NULL, workspace_roles = NULL WHERE workspace_id = ?",
            [workspace])
        return taken
    }
}
