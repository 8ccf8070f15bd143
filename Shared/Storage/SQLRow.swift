/// A row of an answer: columns found by name.
///
/// Every getter throws ``StorageError/Code/misuse`` naming the column when there is no such column
/// or when it holds another type; the `optional` getters answer `nil` for NULL, the others throw.
/// Names are compared exactly; when two columns share a name the first wins.
public struct SQLRow: Hashable, Sendable {
    /// The columns' names, in the order of the statement.
    public let columns: [String]
    /// The columns' values, in the same order.
    public let values: [SQLValue]

    /// Makes a row; `columns` and `values` have the same count.
    public init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column, whatever its type.
    public func value(_ column: String) throws(StorageError) -> SQLValue {
        guard let index = self.columns.firstIndex(of: column), index < self.values.count else {
            throw StorageError(.misuse, "the answer has no column \"\(column)\"")
        }
        return self.values[index]
    }

    /// The text of a column.
    public func text(_ column: String) throws(StorageError) -> String {
        try self.required(column, self.optionalText(column))
    }

    /// The text of a column that may be NULL.
    public func optionalText(_ column: String) throws(StorageError) -> String? {
        switch try self.value(column) {
        case .text(let text): return text
        case .null: return nil
        case let other: throw Self.mismatch(column, other, wanted: "text")
        }
    }

    /// The integer of a column.
    public func int64(_ column: String) throws(StorageError) -> Int64 {
        try self.required(column, self.optionalInt64(column))
    }

    /// The integer of a column that may be NULL.
    public func optionalInt64(_ column: String) throws(StorageError) -> Int64? {
        switch try self.value(column) {
        case .integer(let integer): return integer
        case .null: return nil
        case let other: throw Self.mismatch(column, other, wanted: "an integer")
        }
    }

    /// The integer of a column.
    public func int(_ column: String) throws(StorageError) -> Int {
        Int(try self.int64(column))
    }

    /// The integer of a column that may be NULL.
    public func optionalInt(_ column: String) throws(StorageError) -> Int? {
        try self.optionalInt64(column).map { Int($0) }
    }

    /// The truth value of a column: an integer that is 0 or 1.
    public func bool(_ column: String) throws(StorageError) -> Bool {
        switch try self.int64(column) {
        case 0: return false
        case 1: return true
        case let other: throw Self.mismatch(column, .integer(other), wanted: "0 or 1")
        }
    }

    /// The floating-point number of a column.
    public func real(_ column: String) throws(StorageError) -> Double {
        try self.required(column, self.optionalReal(column))
    }

    /// The floating-point number of a column that may be NULL.
    public func optionalReal(_ column: String) throws(StorageError) -> Double? {
        switch try self.value(column) {
        case .real(let real): return real
        case .null: return nil
        case let other: throw Self.mismatch(column, other, wanted: "a real number")
        }
    }

    /// The bytes of a column.
    public func blob(_ column: String) throws(StorageError) -> [UInt8] {
        try self.required(column, self.optionalBlob(column))
    }

    /// The bytes of a column that may be NULL.
    public func optionalBlob(_ column: String) throws(StorageError) -> [UInt8]? {
        switch try self.value(column) {
        case .blob(let bytes): return bytes
        case .null: return nil
        case let other: throw Self.mismatch(column, other, wanted: "bytes")
        }
    }

    private func required<Value>(
        _ column: String, _ value: Value?
    ) throws(StorageError) -> Value {
        guard let value else {
            throw StorageError(.misuse, "column \"\(column)\" is NULL")
        }
        return value
    }

    private static func mismatch(
        _ column: String, _ value: SQLValue, wanted: String
    ) -> StorageError {
        let found =
            switch value {
            case .null: "NULL"
            case .integer: "an integer"
            case .real: "a real number"
            case .text: "text"
            case .blob: "bytes"
            }
        return StorageError(.misuse, "column \"\(column)\" holds \(found), wanted \(wanted)")
    }
}
