/// Portable SQL as SQLite wants it.
enum SQLiteDialect {
    private static let serialKey = "SERIAL_KEY"

    /// The statement of a migration in SQLite's words: `SERIAL_KEY` spelled out, tables STRICT.
    static func translate(_ statement: String) throws(StorageError) -> String {
        if let fault = PortableSQL.faults(in: statement).first {
            throw StorageError(.migration, fault)
        }
        let words = PortableSQL.words(of: statement)
        guard let verb = words.first?.uppercased() else {
            throw StorageError(.migration, "a migration's statement is empty")
        }
        var result = ""
        var end = statement.startIndex
        for word in words where word.uppercased() == Self.serialKey {
            result += statement[end..<word.startIndex]
            result += "INTEGER PRIMARY KEY AUTOINCREMENT"
            end = word.endIndex
        }
        result += statement[end...]
        guard verb == "CREATE", words.dropFirst().first?.uppercased() == "TABLE" else {
            return result
        }
        while let last = result.last, last.isWhitespace || last == ";" { result.removeLast() }
        guard result.hasSuffix(")") else {
            throw StorageError(.migration, "a table's definition ends with \")\"")
        }
        return result + " STRICT"
    }

    /// Refuses what a service may not say outside a migration: anything but reading and changing
    /// rows.
    ///
    /// A stray COMMIT would end the transaction that a whole batch shares.
    static func check(_ sql: String) throws(StorageError) {
        var verb: UInt64 = 0
        for byte in sql.utf8.drop(while: { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
            let letter = byte & 0xDF
            guard letter >= UInt8(ascii: "A"), letter <= UInt8(ascii: "Z"), verb >> 56 == 0 else {
                break
            }
            verb = verb << 8 | UInt64(letter)
        }
        switch verb {
        case Self.select, Self.insert, Self.update, Self.delete, Self.with: return
        default:
            throw StorageError(
                .misuse, "a statement is a SELECT, INSERT, UPDATE, DELETE or WITH")
        }
    }

    private static let select = Self.packed("SELECT")
    private static let insert = Self.packed("INSERT")
    private static let update = Self.packed("UPDATE")
    private static let delete = Self.packed("DELETE")
    private static let with = Self.packed("WITH")

    private static func packed(_ verb: StaticString) -> UInt64 {
        verb.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
}
