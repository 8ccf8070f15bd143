import Foundation

/// Where passwords come from: never the command line, which every user of the machine can read.
enum PasswordFile {
    /// The password in a file, or on standard input for `-`, without the ends of lines around it.
    static func read(_ file: String) throws -> String {
        try MessageSource.text(file == "-" ? "-" : "@\(file)").trimmingCharacters(in: .newlines)
    }
}
