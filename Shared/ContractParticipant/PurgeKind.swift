public import Identifiers
public import Storage

/// One kind of rows that belong to a contract and go with it.
///
/// A service lists its kinds children before parents: foreign keys that restrict refuse another
/// order.
public struct PurgeKind: Sendable {
    /// Says how many rows of the kind a contract has.
    public typealias Count = @Sendable (ContractID, any ReadTransaction) throws -> Int
    /// Erases at most so many rows of the kind and says how many; fewer means that none is left.
    public typealias Purge = @Sendable (PurgeScope, Int, any WriteTransaction) throws -> Int

    /// The name, unique in a service and never reused: it stands in plans and receipts.
    public let name: String
    /// The tables whose rows the kind erases.
    public let tables: [String]
    let count: Count
    let purge: Purge

    /// A kind that is simply the rows of a table.
    ///
    /// - Parameters:
    ///   - key: the columns of the table's primary key.
    ///   - ownership: what makes a row the contract's, in SQL with one `?` for the contract's id;
    ///     an index should serve it.
    public init(
        _ name: String, table: String, key: [String] = ["id"],
        ownership: String = "contract_id = ?"
    ) {
        let columns = key.joined(separator: ", ")
        let tuple = key.count == 1 ? columns : "(\(columns))"
        let counting = "SELECT COUNT(*) AS found FROM \(table) WHERE \(ownership)"
        let deleting =
            "DELETE FROM \(table) WHERE \(tuple) IN "
            + "(SELECT \(columns) FROM \(table) WHERE \(ownership) LIMIT ?)"
        self.init(
            name, tables: [table],
            count: { contract, transaction in
                try transaction.row(counting, [contract.text])?.int("found") ?? 0
            },
            purge: { scope, rowsMax, transaction in
                try transaction.execute(deleting, [scope.contract.text, rowsMax])
            })
    }

    /// A kind that does more than delete rows, in the same transaction.
    ///
    /// `count` and the number that `purge` gives speak of the same rows; rows of other tables that
    /// go along are kinds of their own or not counted at all.
    public init(
        _ name: String, tables: [String], count: @escaping Count, purge: @escaping Purge
    ) {
        self.name = name
        self.tables = tables
        self.count = count
        self.purge = purge
    }
}

/// Whose rows are erased, and by which deletion.
public struct PurgeScope: Hashable, Sendable {
    /// The contract.
    public let contract: ContractID
    /// The deletion.
    public let operation: OperationID
}
