import Storage
import TestKit
import Testing

@Suite struct ConformanceTests {
    @Test("SQLite does what every database does", arguments: DatabaseConformance.cases)
    func conforms(_ conformance: DatabaseConformance) async throws {
        try await conformance.check(try SQLiteStore())
    }

    @Test("a recorder does what every database does", arguments: DatabaseConformance.cases)
    func recorderConforms(_ conformance: DatabaseConformance) async throws {
        struct Recorded: DatabaseUnderTest {
            let store: SQLiteStore

            func open(_ migrations: [Migration]) async throws -> any Database {
                StatementRecorder(try await self.store.open(migrations) as any Database)
            }
        }
        try await conformance.check(Recorded(store: try SQLiteStore()))
    }
}
