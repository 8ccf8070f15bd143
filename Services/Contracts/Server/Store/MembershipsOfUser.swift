import Identifiers
import Storage

/// All contracts of one user, in pieces.
enum MembershipsOfUser {
    /// A membership.
    struct Membership {
        /// The contract.
        var contract: ContractID
        /// The roles held there.
        var roles: [String]
    }

    /// The memberships after a contract, by contract.
    static func page(
        of user: UserID, after contract: ContractID?, max: Int,
        in transaction: any ReadTransaction
    ) throws(StorageError) -> [Membership] {
        var memberships: [Membership] = []
        for row in try transaction.rows(
            """
            SELECT contract_id, roles FROM contract_member
            WHERE user_id = ? AND contract_id > ? ORDER BY contract_id LIMIT ?
            """, [user, contract?.text ?? "", max])
        {
            memberships.append(
                Membership(
                    contract: try row.identifier("contract_id"),
                    roles: RoleText.names(try row.text("roles"))))
        }
        return memberships
    }
}
