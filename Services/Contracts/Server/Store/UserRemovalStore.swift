import ContractsDomain
import Identifiers
import Storage

/// The table `user_removal`: users who have lost their last membership.
///
/// Marked `removing` in the transaction that takes the membership, so that nobody adds them anywhere
/// until identity has deleted them. A mark stays for a while as `removed`, for requests that looked
/// the user up before.
enum UserRemovalStore {
    /// How long the mark of a deleted user stays; longer than any request runs.
    static let keptMilliseconds: Int64 = 3_600_000

    /// Marks a user if no membership is left; whether it did.
    static func markIfForgotten(
        _ user: UserID, _ operation: OperationID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) -> Bool {
        let left = try MemberStore.hasAny(user, in: transaction) ? 1 : 0
        guard MembershipRules.forgetsUser(membershipsLeft: left) else { return false }
        return try transaction.execute(
            """
            INSERT INTO user_removal (user_id, operation_id, state, marked_at)
            VALUES (?, ?, 'removing', ?) ON CONFLICT (user_id) DO NOTHING
            """, [user, operation, now]) == 1
    }

    static func removing(
        by operation: OperationID, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [UserID] {
        var users: [UserID] = []
        for row in try transaction.rows(
            """
            SELECT user_id FROM user_removal WHERE operation_id = ? AND state = 'removing'
            ORDER BY user_id LIMIT ?
            """, [operation, max])
        {
            users.append(try row.identifier("user_id"))
        }
        return users
    }

    /// The users are deleted: their marks stay for a while.
    static func confirm(
        _ users: [UserID], _ operation: OperationID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        for user in users {
            try transaction.execute(
                """
                UPDATE user_removal SET state = 'removed', marked_at = ?
                WHERE user_id = ? AND operation_id = ? AND state = 'removing'
                """, [now, user, operation])
        }
    }

    /// The users stay on the platform after all: they may be added again.
    static func unmark(
        _ users: [UserID], in transaction: any WriteTransaction
    ) throws(StorageError) {
        for user in users {
            try transaction.execute("DELETE FROM user_removal WHERE user_id = ?", [user])
        }
    }

    /// Forgets the users deleted before a time.
    static func forget(
        removedBefore time: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM user_removal WHERE state = 'removed' AND marked_at < ?", [time])
    }
}
