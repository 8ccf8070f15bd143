import ContractsDomain
import Identifiers
import Storage

/// An invite as it is stored; of its token only the digest is.
struct InviteRow: Hashable, Sendable {
    /// The invite.
    var id: InviteID
    /// The contract it leads into.
    var contract: ContractID
    /// The address it was sent to; gone once it is accepted.
    var email: String?
    /// The roles it gives in the contract.
    var roles: [String]
    /// The workspace it leads into as well.
    var workspace: WorkspaceID?
    /// The roles it gives there.
    var workspaceRoles: [String]
    /// Who invited.
    var invitedBy: UserID
    /// When it was made, in milliseconds since 1970.
    var createdAt: Int64
    /// When its e-mail was last ordered, in milliseconds since 1970.
    var sentAt: Int64
    /// Until when it may be accepted, in milliseconds since 1970.
    var expiresAt: Int64
    /// Who has accepted it.
    var acceptedBy: UserID?

    static let columns = """
        id, contract_id, email, roles, workspace_id, workspace_roles, invited_by, created_at,
        sent_at, expires_at, accepted_by
        """

    init(
        id: InviteID, contract: ContractID, email: String, roles: [String],
        workspace: WorkspaceID?, workspaceRoles: [String], invitedBy: UserID, createdAt: Int64
    ) {
        self.id = id
        self.contract = contract
        self.email = email
        self.roles = roles
        self.workspace = workspace
        self.workspaceRoles = workspaceRoles
        self.invitedBy = invitedBy
        self.createdAt = createdAt
        self.sentAt = createdAt
        self.expiresAt = InviteRules.expiry(madeAt: createdAt)
        self.acceptedBy = nil
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.contract = try row.identifier("contract_id")
        self.email = try row.optionalText("email")
        self.roles = RoleText.names(try row.text("roles"))
        self.workspace = try row.optionalIdentifier("workspace_id")
        self.workspaceRoles = try row.optionalText("workspace_roles").map(RoleText.names) ?? []
        self.invitedBy = try row.identifier("invited_by")
        self.createdAt = try row.int64("created_at")
        self.sentAt = try row.int64("sent_at")
        self.expiresAt = try row.int64("expires_at")
        self.acceptedBy = try row.optionalIdentifier("accepted_by")
    }
}

/// The table `invite`.
enum InviteStore {
    static func insert(
        _ invite: InviteRow, email: String, tokenDigest: [UInt8],
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO invite (
                id, contract_id, email, email_key, roles, is_owner, workspace_id,
                workspace_roles, token_digest, invited_by, created_at, sent_at, expires_at
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                invite.id, invite.contract, email, InviteRules.key(ofEmail: email),
                RoleText.text(invite.roles), MembershipRules.isOwner(invite.roles),
                invite.workspace,
                invite.workspace == nil ? nil : RoleText.text(invite.workspaceRoles),
                tokenDigest, invite.invitedBy, invite.createdAt, invite.sentAt,
                invite.expiresAt,
            ])
    }

    static func find(
        tokenDigest: [UInt8], in transaction: any ReadTransaction
    ) throws(StorageError) -> InviteRow? {
        try transaction.row(
            "SELECT \(InviteRow.columns) FROM invite WHERE token_digest = ?", [tokenDigest]
        ).map { row throws(StorageError) in try InviteRow(row) }
    }

    /// A contract's pending invite for an address, expired or not.
    static func pending(
        _ email: String, in contract: ContractID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> InviteRow? {
        try transaction.row(
            """
            SELECT \(InviteRow.columns) FROM invite
            WHERE contract_id = ? AND email_key = ? AND accepted_by IS NULL
            """, [contract, InviteRules.key(ofEmail: email)]
        ).map { row throws(StorageError) in try InviteRow(row) }
    }

    /// Where invites lead.
    enum Target: Hashable, Sendable {
        /// Into a contract, and perhaps a workspace of it.
        case contract(ContractID)
        /// Into a workspace.
        case workspace(WorkspaceID)

        fileprivate var column: String {
            switch self {
            case .contract: "contract_id"
            case .workspace: "workspace_id"
            }
        }

        fileprivate var id: String {
            switch self {
            case .contract(let id): id.text
            case .workspace(let id): id.text
            }
        }
    }

    /// The invites that lead somewhere and can still be accepted, oldest first.
    static func open(
        _ target: Target, at now: Int64, offset: Int = 0, max: Int,
        in transaction: any ReadTransaction
    ) throws(StorageError) -> [InviteRow] {
        var invites: [InviteRow] = []
        for row in try transaction.rows(
            """
            SELECT \(InviteRow.columns) FROM invite
            WHERE \(target.column) = ? AND accepted_by IS NULL AND expires_at > ?
            ORDER BY id LIMIT ? OFFSET ?
            """, [target.id, now, max, offset])
        {
            invites.append(try InviteRow(row))
        }
        return invites
    }

    /// How many invites lead somewhere and can still be accepted.
    static func countOpen(
        _ target: Target, at now: Int64, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            """
            SELECT COUNT(*) AS found FROM invite
            WHERE \(target.column) = ? AND accepted_by IS NULL AND expires_at > ?
            """, [target.id, now])?.int("found") ?? 0
    }

    static func openOwners(
        of contract: ContractID, at now: Int64, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            """
            SELECT COUNT(*) AS found FROM invite
            WHERE contract_id = ? AND accepted_by IS NULL AND is_owner = 1 AND expires_at > ?
            """, [contract, now])?.int("found") ?? 0
    }

    /// Records who accepted an invite and forgets the address it was sent to.
    static func accept(
        _ invite: InviteID, by user: UserID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE invite SET accepted_by = ?, accepted_at = ?, email = NULL, email_key = NULL
            WHERE id = ? AND accepted_by IS NULL
            """, [user, now, invite])
    }

    /// Deletes a pending invite of a contract; whether there was one.
    static func delete(
        _ invite: InviteID, of contract: ContractID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            "DELETE FROM invite WHERE id = ? AND contract_id = ? AND accepted_by IS NULL",
            [invite, contract]) == 1
    }

    /// Deletes the invites whose time was up before a moment, used or not.
    static func forget(
        expiredBefore time: Int64, max: Int, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            DELETE FROM invite WHERE id IN (
                SELECT id FROM invite WHERE expires_at < ? ORDER BY expires_at LIMIT ?
            )
            """, [time, max])
    }
}
