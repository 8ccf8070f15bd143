import Identifiers
import Storage

/// The table `team_member`.
enum TeamMemberStore {
    static func isMember(
        _ user: UserID, of team: TeamID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row(
            "SELECT added_at FROM team_member WHERE team_id = ? AND user_id = ?", [team, user])
            != nil
    }

    /// The users in a team, in the order of their ids.
    static func list(
        of team: TeamID, offset: Int = 0, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [UserID] {
        var users: [UserID] = []
        for row in try transaction.rows(
            """
            SELECT user_id FROM team_member WHERE team_id = ? ORDER BY user_id LIMIT ? OFFSET ?
            """, [team, max, offset])
        {
            users.append(try row.identifier("user_id"))
        }
        return users
    }

    static func count(
        of team: TeamID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM team_member WHERE team_id = ?", [team]
        )?.int("found") ?? 0
    }

    static func insert(
        _ user: UserID, into team: TeamID, of contract: ContractID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO team_member (team_id, user_id, contract_id, added_at)
            VALUES (?, ?, ?, ?)
            """, [team, user, contract, now])
    }

    /// Takes a user out of a team; whether they were in it.
    static func delete(
        _ user: UserID, from team: TeamID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        try transaction.execute(
            "DELETE FROM team_member WHERE team_id = ? AND user_id = ?", [team, user]) == 1
    }

    /// Takes everybody out of a team; how many they were.
    static func deleteAll(
        of team: TeamID, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute("DELETE FROM team_member WHERE team_id = ?", [team])
    }

    /// Takes a user out of all teams of a contract, and has another member take their place.
    ///
    /// - Returns: how many teams the user was in.
    static func handOver(
        from user: UserID, to heir: UserID?, in contract: ContractID, at now: Int64,
        _ transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        if let heir {
            try transaction.execute(
                """
                INSERT INTO team_member (team_id, user_id, contract_id, added_at)
                SELECT team_id, ?, contract_id, ? FROM team_member
                WHERE contract_id = ? AND user_id = ?
                ON CONFLICT (team_id, user_id) DO NOTHING
                """, [heir, now, contract, user])
        }
        return try transaction.execute(
            "DELETE FROM team_member WHERE contract_id = ? AND user_id = ?", [contract, user])
    }
}
