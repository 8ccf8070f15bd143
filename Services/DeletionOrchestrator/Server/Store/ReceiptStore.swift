import Identifiers
import Storage

/// Receipts, in the order in which they were issued.
enum ReceiptStore {
    /// The receipt of a deletion.
    static func load(
        _ operation: OperationID, in transaction: any ReadTransaction
    ) throws -> SignedReceipt? {
        try transaction.row(
            """
            SELECT document, digest, signature, public_key FROM receipt WHERE operation_id = ?
            """, [operation.text]
        ).map { row in
            SignedReceipt(
                document: try row.blob("document"), digest: try row.blob("digest"),
                signature: try row.blob("signature"), publicKey: try row.blob("public_key"))
        }
    }

    /// The digest of the newest receipt.
    static func newestDigest(in transaction: any ReadTransaction) throws -> [UInt8]? {
        try transaction.row(
            """
            SELECT digest FROM receipt WHERE sequence = (SELECT MAX(sequence) FROM receipt)
            """)?.blob("digest")
    }

    static func insert(
        _ receipt: SignedReceipt, of operation: OperationID, issuedAt: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO receipt
                (operation_id, document, digest, signature, public_key, issued_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                operation.text, receipt.document, receipt.digest, receipt.signature,
                receipt.publicKey, issuedAt,
            ])
    }
}
