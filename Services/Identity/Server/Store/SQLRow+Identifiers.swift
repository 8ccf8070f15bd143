import Identifiers
import Storage

extension SQLRow {
    /// The identifier of a column.
    ///
    /// - Throws: ``StorageError/Code/corrupt`` when the text is none.
    func identifier<Kind>(
        _ column: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(StorageError) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(try self.text(column)) else {
            throw StorageError(.corrupt, "the column \"\(column)\" holds no identifier")
        }
        return identifier
    }
}
