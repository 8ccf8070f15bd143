import ContractsDomain
import Identifiers
import Storage

/// The table `contract_member`.
enum MemberStore {
    /// A member as it is stored.
    struct Member: Hashable, Sendable {
        var user: UserID
        var roles: [String]

        init(user: UserID, roles: [String]) {
            self.user = user
            self.roles = roles
        }

        init(_ row: SQLRow) throws(StorageError) {
            self.user = try row.identifier("user_id")
            self.roles = RoleText.names(try row.text("roles"))
        }
    }

    static func roles(
        of user: UserID, in contract: ContractID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> [String]? {
        try transaction.row(
            "SELECT roles FROM contract_member WHERE contract_id = ? AND user_id = ?",
            [contract, user]
        ).map { row throws(StorageError) in RoleText.names(try row.text("roles")) }
    }

    static func census(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> MembershipRules.Census {
        // Counting stops at two: the rules only tell none, one and more apart.
        let members = try transaction.rows(
            "SELECT user_id FROM contract_member WHERE contract_id = ? LIMIT 2", [contract])
        let owners = try transaction.rows(
            """
            SELECT user_id FROM contract_member WHERE contract_id = ? AND is_owner = 1 LIMIT 2
            """, [contract])
        return .init(members: members.count, owners: owners.count)
    }

    /// What matters of a user who is to join a contract: three looks into indexes at once.
    static func joining(
        _ user: UserID, _ contract: ContractID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> MembershipRules.Joining {
        let row = try transaction.row(
            """
            SELECT
                (SELECT is_owner FROM contract_member WHERE contract_id = ? LIMIT 1) AS first,
                (SELECT is_owner FROM contract_member
                    WHERE contract_id = ? AND user_id = ?) AS membership,
                (SELECT state FROM user_removal WHERE user_id = ?) AS removal
            """, [contract, contract, user, user])
        return .init(
            hasMembers: try row?.optionalInt64("first") != nil,
            isMember: try row?.optionalInt64("membership") != nil,
            isBeingRemoved: try row?.optionalText("removal") != nil)
    }

    static func count(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM contract_member WHERE contract_id = ?", [contract]
        )?.int("found") ?? 0
    }

    /// Members of a contract in the order of their ids.
    static func list(
        of contract: ContractID, offset: Int = 0, max: Int,
        in transaction: any ReadTransaction
    ) throws(StorageError) -> [Member] {
        var members: [Member] = []
        for row in try transaction.rows(
            """
            SELECT user_id, roles FROM contract_member WHERE contract_id = ?
            ORDER BY user_id LIMIT ? OFFSET ?
            """, [contract, max, offset])
        {
            members.append(try Member(row))
        }
        return members
    }

    static func owners(
        of contract: ContractID, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [UserID] {
        var users: [UserID] = []
        for row in try transaction.rows(
            """
            SELECT user_id FROM contract_member WHERE contract_id = ? AND is_owner = 1
            ORDER BY user_id LIMIT ?
            """, [contract, max])
        {
            users.append(try row.identifier("user_id"))
        }
        return users
    }

    static func insert(
        _ member: Member, into contract: ContractID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                contract, member.user, RoleText.text(member.roles),
                MembershipRules.isOwner(member.roles), now,
            ])
    }

    static func update(
        _ member: Member, of contract: ContractID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            UPDATE contract_member SET roles = ?, is_owner = ?
            WHERE contract_id = ? AND user_id = ?
            """,
            [
                RoleText.text(member.roles), MembershipRules.isOwner(member.roles), contract,
                member.user,
            ])
    }

    static func delete(
        _ user: UserID, from contract: ContractID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM contract_member WHERE contract_id = ? AND user_id = ?", [contract, user])
    }

    /// Whether a user is a member of any contract.
    static func hasAny(
        _ user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row(
            "SELECT contract_id FROM contract_member WHERE user_id = ? LIMIT 1", [user]) != nil
    }

    /// Members who belong to no other contract, in the order of their ids.
    static func withoutAnother(
        than contract: ContractID, after user: UserID?, max: Int,
        in transaction: any ReadTransaction
    ) throws(StorageError) -> [UserID] {
        var users: [UserID] = []
        for row in try transaction.rows(
            """
            SELECT user_id FROM contract_member AS mine
            WHERE contract_id = ? AND user_id > ? AND NOT EXISTS (
                SELECT 1 FROM contract_member AS other
                WHERE other.user_id = mine.user_id AND other.contract_id <> mine.contract_id
            )
            ORDER BY user_id LIMIT ?
            """, [contract, user?.text ?? "", max])
        {
            users.append(try row.identifier("user_id"))
        }
        return users
    }

    /// Up to two contracts of a user: enough to know whether there is only one.
    static func contracts(
        of user: UserID, in transaction: any ReadTransaction
    ) throws(StorageError) -> [ContractID] {
        var contracts: [ContractID] = []
        for row in try transaction.rows(
            """
            SELECT contract_id FROM contract_member WHERE user_id = ?
            ORDER BY contract_id LIMIT 2
            """, [user])
        {
            contracts.append(try row.identifier("contract_id"))
        }
        return contracts
    }
}
