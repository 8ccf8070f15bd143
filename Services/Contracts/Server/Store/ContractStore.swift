import ContractLifecycle
import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// The tables `contract` and `tombstone`.
enum ContractStore {
    static func find(
        _ contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> ContractRow? {
        try transaction.row(
            "SELECT \(ContractRow.columns) FROM contract WHERE id = ?", [contract]
        ).map { row throws(StorageError) in try ContractRow(row) }
    }

    /// A contract together with the roles a user has in it; one look into two primary keys.
    static func find(
        _ contract: ContractID, for user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> (ContractRow, roles: [String]?)? {
        let row = try transaction.row(
            """
            SELECT \(ContractRow.columns), contract_member.roles AS member_roles
            FROM contract LEFT JOIN contract_member
            ON contract_member.contract_id = contract.id AND contract_member.user_id = ?
            WHERE contract.id = ?
            """, [user, contract])
        guard let row else { return nil }
        return (try ContractRow(row), try row.optionalText("member_roles").map(RoleText.names))
    }

    /// Contracts that participants know, or should know, not to be active, in the order of ids.
    static func notActive(
        after contract: ContractID?, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [ContractRow] {
        try self.rows(
            transaction.rows(
                """
                SELECT \(ContractRow.columns) FROM contract
                WHERE state <> 'active' AND id > ?
                    AND NOT (state = 'preparing' AND prior_state = 'active')
                ORDER BY id LIMIT ?
                """, [contract?.text ?? "", max]))
    }

    /// Deletions that have not come to their point of no return since a time.
    static func unresolved(
        since time: Int64, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [ContractRow] {
        try self.rows(
            transaction.rows(
                """
                SELECT \(ContractRow.columns) FROM contract
                WHERE state IN ('preparing', 'scheduled') AND since <= ?
                ORDER BY since LIMIT ?
                """, [time, max]))
    }

    static func insert(
        _ row: ContractRow, in transaction: any WriteTransaction
    ) throws(StorageError) {
        let lifecycle = row.lifecycle
        try transaction.execute(
            """
            INSERT INTO contract (
                id, tenant_id, name, support_user_id, available_roles, version, created_at,
                updated_at, epoch, state, since
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row.id, lifecycle.tenant, row.name, row.supportUser,
                RoleText.text(row.availableRoles), row.version, row.createdAt, row.updatedAt,
                lifecycle.epoch, lifecycle.phase.state.rawValue, lifecycle.phase.since,
            ])
    }

    /// Saves the name and the available roles.
    static func update(
        _ row: ContractRow, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE contract SET name = ?, available_roles = ?, version = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                row.name, RoleText.text(row.availableRoles), row.version, row.updatedAt, row.id,
            ])
    }

    /// Moves a contract on, if it still is where the decision saw it.
    ///
    /// - Throws: `conflict` when it is not.
    static func advance(
        from old: Lifecycle, to new: Lifecycle, in transaction: any WriteTransaction
    ) throws(StorageError) {
        let phase = new.phase
        let changed = try transaction.execute(
            """
            UPDATE contract SET epoch = ?, state = ?, operation_id = ?, reason = ?, since = ?,
                until = ?, prior_state = ?, prior_operation_id = ?, prior_reason = ?,
                prior_since = ?, prior_until = ?, deletion_requested_by = ?
            WHERE id = ? AND state = ? AND epoch = ?
            """,
            [
                new.epoch, phase.state.rawValue, phase.operation, phase.reason, phase.since,
                phase.until, new.prior?.state.rawValue, new.prior?.operation, new.prior?.reason,
                new.prior?.since, new.prior?.until, new.deletionRequestedBy, new.contract,
                old.phase.state.rawValue, old.epoch,
            ])
        guard changed == 1 else {
            throw StorageError(.conflict, "the contract has moved on meanwhile")
        }
    }

    /// Replaces a contract by its tombstone.
    ///
    /// - Throws: `constraintForeignKey` when something of it is left.
    static func bury(
        _ deleted: Lifecycle, _ operation: OperationID, receiptDigest: [UInt8],
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM contract WHERE id = ?", [deleted.contract])
        try transaction.execute(
            """
            INSERT INTO tombstone
                (contract_id, tenant_id, epoch, operation_id, receipt_digest, deleted_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                deleted.contract, deleted.tenant, deleted.epoch, operation, receiptDigest,
                deleted.phase.since,
            ])
    }

    static func tombstone(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Tombstone? {
        try transaction.row(
            """
            SELECT epoch, operation_id, receipt_digest, deleted_at FROM tombstone
            WHERE contract_id = ?
            """, [contract]
        ).map { row throws(StorageError) in
            Tombstone(
                epoch: try row.int64("epoch"), operation: try row.identifier("operation_id"),
                receiptDigest: try row.blob("receipt_digest"),
                deletedAt: try row.int64("deleted_at"))
        }
    }

    /// All that is left of a contract.
    struct Tombstone: Hashable, Sendable {
        var epoch: Int64
        var operation: OperationID
        var receiptDigest: [UInt8]
        var deletedAt: Int64
    }

    private static func rows(_ rows: [SQLRow]) throws(StorageError) -> [ContractRow] {
        var contracts: [ContractRow] = []
        contracts.reserveCapacity(rows.count)
        for row in rows { contracts.append(try ContractRow(row)) }
        return contracts
    }
}
