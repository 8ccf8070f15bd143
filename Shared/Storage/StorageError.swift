/// Why the store did not do what it was asked.
///
/// Unless the code is ``Code/outcomeUnknown``, a write that failed changed nothing. The message is
/// for the people who run the service: it may name tables and columns, never values.
public struct StorageError: Error, Hashable, Sendable {
    /// What happened.
    public var code: Code
    /// What went wrong, for a person.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind of failure.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// Too much is waiting already. Repeat after a short wait.
        case busy
        /// The disk, or the limit on the database's size, is full. Free space, then repeat.
        case full
        /// A unique index or primary key has that value already.
        case constraintUnique
        /// The row referred to does not exist, or the row to go is still referred to.
        case constraintForeignKey
        /// A CHECK said no.
        case constraintCheck
        /// A column that needs a value was given none.
        case constraintNotNull
        /// A value of one type was given to a column of another.
        case constraintType
        /// The row asked for does not exist.
        case notFound
        /// The same identity was used before with other content.
        case conflict
        /// The holder's fence number has been overtaken: somebody else owns the resource now.
        case fenced
        /// A read went on for longer than the limit. Ask for less at a time.
        case tooSlow
        /// The file is damaged. Stop and look.
        case corrupt
        /// The disk failed before anything was committed.
        case io
        /// The disk failed while committing: the write may or may not be there. The process ends.
        case outcomeUnknown
        /// The database is closed or closing.
        case closed
        /// Another process has the database open.
        case locked
        /// The recorded migrations are not those of this program.
        case migration
        /// The statement or the call is wrong. Correct the program.
        case misuse
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String { "\(self.code.rawValue): \(self.message)" }
}
