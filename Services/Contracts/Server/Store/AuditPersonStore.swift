import Identifiers
import Storage

/// The table `audit_person`: what opens the seals of the audit trail, until the person is erased.
enum AuditPersonStore {
    /// What opens a seal.
    struct Opening: Hashable, Sendable {
        /// The user.
        var user: UserID
        /// What the request was called; empty for whom something was done to.
        var requestID: String
        /// The salt.
        var salt: [UInt8]
    }

    /// What a user is in an event.
    enum Part: String {
        /// Who did it.
        case author
        /// Whom it was done to.
        case subject
    }

    static func insert(
        _ opening: Opening, _ part: Part, of contract: ContractID, _ number: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO audit_person (contract_id, number, part, user_id, request_id, salt)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                contract, number, part.rawValue, opening.user, opening.requestID, opening.salt,
            ])
    }

    /// Erases what opens the seals of a user, up to so many of them; how many it were.
    static func erase(
        _ user: UserID, max: Int, in transaction: any WriteTransaction
    ) throws(StorageError) -> Int {
        try transaction.execute(
            """
            DELETE FROM audit_person WHERE (contract_id, number, part) IN (
                SELECT contract_id, number, part FROM audit_person WHERE user_id = ? LIMIT ?
            )
            """, [user, max])
    }

    /// Reads the opening that a row of the trail was joined with.
    static func opening(
        _ part: Part, of row: SQLRow
    ) throws(StorageError) -> Opening? {
        let name = part.rawValue
        guard let user: UserID = try row.optionalIdentifier("\(name)_id") else { return nil }
        return Opening(
            user: user, requestID: try row.text("\(name)_request_id"),
            salt: try row.blob("\(name)_salt"))
    }
}
