import Foundation
import Storage

/// Makes rows durable with nothing around the store: the limit of a service that stores the same.
///
/// Rows are numbered from FIRST on: a database that is used again goes on growing, as a service's does.
/// Usage: `store-commit messages|members DIRECTORY CALLERS ROWS-PER-CALLER FIRST`; prints one JSON
/// object.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let load = Self.loads[arguments[1]],
            let callers = Int(arguments[3]), let rows = Int(arguments[4]),
            let first = Int(arguments[5])
        else {
            print("usage: store-commit messages|members DIRECTORY CALLERS ROWS-PER-CALLER FIRST")
            return
        }
        let database = try await SQLiteDatabase.open(
            at: arguments[2] + "/store-commit.sqlite", migrations: [load.schema])
        try await database.write { try load.begin(first..<first + callers * rows, $0) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for row in 0..<rows {
                        let number = first + row * callers + caller
                        try await database.write { try load.store(number, $0) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        try await database.close()
        print("{\"rows\": \(callers * rows), \"per_second\": \(Double(callers * rows) / seconds)}")
    }

    private static let loads = ["messages": Load.messages, "members": Load.members]
}

/// What is stored.
struct Load: Sendable {
    /// The tables, as the service has them.
    let schema: Migration
    /// Stores what must be there before the rows of these numbers.
    let begin: @Sendable (Range<Int>, any WriteTransaction) throws -> Void
    /// Stores what one request stores; the number differs from all others.
    let store: @Sendable (Int, any WriteTransaction) throws -> Void

    /// An identifier made of a number.
    static func identifier(_ number: Int) -> String {
        "5b87aded" + self.digits(UInt64(number))
    }

    /// A number as 16 hexadecimal digits.
    static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
