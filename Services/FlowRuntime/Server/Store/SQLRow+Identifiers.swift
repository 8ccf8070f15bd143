import Identifiers
import Storage

extension SQLRow {
    /// The identifier of a column.
    func identifier<Kind>(
        _ column: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(StorageError) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(try self.text(column)) else {
            throw StorageError(.corrupt, "column \"\(column)\" holds no identifier")
        }
        return identifier
    }

    /// The identifier of a column that may be NULL.
    func optionalIdentifier<Kind>(
        _ column: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(StorageError) -> Identifier<Kind>? {
        try self.optionalText(column) == nil ? nil : self.identifier(column)
    }

    /// The word of a column, as one of an enumeration's.
    func word<Word: RawRepresentable<String>>(
        _ column: String, as: Word.Type = Word.self
    ) throws(StorageError) -> Word {
        guard let word = Word(rawValue: try self.text(column)) else {
            throw StorageError(.corrupt, "column \"\(column)\" holds an unknown word")
        }
        return word
    }
}
