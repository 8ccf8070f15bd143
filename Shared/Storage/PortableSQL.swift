/// The common ground of the databases a service may run on.
///
/// Finds words that only one of them understands or that mean different things in each. Text in
/// quotes and comments are not looked at.
public enum PortableSQL {
    /// Words that may not be used, each with what to do instead.
    static let refused: [String: String] = [
        "PRAGMA": "settings belong to the driver",
        "AUTOINCREMENT": "write SERIAL_KEY",
        "ROWID": "give the table a key of its own",
        "WITHOUT": "the driver chooses how a table is stored",
        "STRICT": "the driver adds it",
        "REPLACE": "write ON CONFLICT … DO UPDATE",
        "IGNORE": "write ON CONFLICT … DO NOTHING",
        "GLOB": "write LIKE",
        "TRIGGER": "do it in the transaction",
        "ATTACH": "one database a service",
        "VACUUM": "the driver does it",
        "DEFERRABLE": "keys are checked by each statement, so that one write cannot fail another",
        "DEFERRED": "keys are checked by each statement, so that one write cannot fail another",
        "DATETIME": "times are integers given as arguments",
        "STRFTIME": "times are integers given as arguments",
        "JULIANDAY": "times are integers given as arguments",
        "UNIXEPOCH": "times are integers given as arguments",
        "CURRENT_TIMESTAMP": "times are integers given as arguments",
        "CURRENT_TIME": "times are integers given as arguments",
        "CURRENT_DATE": "times are integers given as arguments",
    ]

    /// What is wrong with a statement, one sentence each; empty when nothing is.
    public static func faults(in sql: String) -> [String] {
        var found: [String] = []
        for word in Self.words(of: sql) {
            let upper = word.uppercased()
            if let advice = Self.refused[upper] {
                found.append("\(upper) is not portable: \(advice)")
            }
        }
        return found
    }

    /// The words of a statement outside quotes and comments, in order.
    static func words(of sql: String) -> [Substring] {
        var words: [Substring] = []
        let text = sql.utf8
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                index = text[text.index(after: index)...].firstIndex(of: byte) ?? text.endIndex
                if index < text.endIndex { index = text.index(after: index) }
            case UInt8(ascii: "-") where text[index...].starts(with: "--".utf8):
                index = text[index...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            case let byte where Self.isWordByte(byte):
                let end = text[index...].firstIndex { !Self.isWordByte($0) } ?? text.endIndex
                words.append(sql[index..<end])
                index = end
            default:
                index = text.index(after: index)
            }
        }
        return words
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: byte >= 0x80
        }
    }
}
