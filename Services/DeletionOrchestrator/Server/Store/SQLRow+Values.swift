import DeletionOrchestratorDomain
import Identifiers
import Storage

extension SQLRow {
    /// The identifier in a column.
    func identifier<Kind>(_ column: String) throws(StorageError) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(try self.text(column)) else {
            throw StorageError(.corrupt, "column \"\(column)\" does not hold an identifier")
        }
        return identifier
    }

    /// The word in a column, as one of an enumeration's.
    func word<Word: RawRepresentable<String>>(_ column: String) throws(StorageError) -> Word {
        guard let word = Word(rawValue: try self.text(column)) else {
            throw StorageError(.corrupt, "column \"\(column)\" holds an unknown word")
        }
        return word
    }

    /// The columns that say when work is tried again.
    func waiting() throws(StorageError) -> Waiting {
        Waiting(
            attempts: try self.int("attempts"), until: try self.int64("next_attempt_at"),
            reason: try self.optionalText("waiting_for").flatMap { Condition($0) },
            since: try self.int64("waiting_since"))
    }
}
