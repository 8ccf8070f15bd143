public import Identifiers
public import Storage

extension Identifier: SQLConvertible {
    /// The 24 digits.
    public var sqlValue: SQLValue { .text(self.text) }
}

extension SQLRow {
    /// The identifier in a column.
    func identifier<Kind>(
        _ column: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(StorageError) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(try self.text(column)) else {
            throw StorageError(.corrupt, "column \"\(column)\" holds no identifier")
        }
        return identifier
    }

    /// The identifier in a column that may be NULL.
    func optionalIdentifier<Kind>(
        _ column: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(StorageError) -> Identifier<Kind>? {
        try self.optionalText(column) == nil ? nil : self.identifier(column)
    }
}
