import Foundation
import RPC
import TestKit
import Testing

@testable import Storage

@Suite("Answers kept in the database")
struct StoredAnswersTests {
    static let call = KeyedCallID(caller: PeerName("contracts"), method: "t.v1/Do", key: "k")
    static let note = Migration(
        "note-1", ["CREATE TABLE note (id INTEGER PRIMARY KEY NOT NULL, body TEXT NOT NULL)"])

    /// A store in a file of its own, on a time of day moved by hand.
    struct UnderTest: AnswerStoreUnderTest {
        let store: SQLiteStore
        let clock = ManualWallClock()

        func open(_ limits: AnswerLimits) async throws -> any AnswerStore {
            try await StoredAnswers(
                database: try await self.store.open([StoredAnswers.migration]), clock: self.clock,
                limits: limits)
        }

        func advance(seconds: Int) { self.clock.advance(milliseconds: Int64(seconds) * 1000) }
    }

    @Test(
        "the database does what every store of answers does",
        arguments: AnswerStoreConformance.cases)
    func conforms(_ conformance: AnswerStoreConformance) async throws {
        try await conformance.check(UnderTest(store: try SQLiteStore()))
    }

    /// What is on the disk at this moment, as a killed process leaves it, opened.
    private static func afterKill(
        of store: SQLiteStore, in folder: TemporaryFolder
    ) async throws -> SQLiteDatabase {
        for name in ["store.db", "store.db-wal"] {
            try FileManager.default.copyItem(
                atPath: store.folder.file(name), toPath: folder.file(name))
        }
        return try await SQLiteDatabase.open(
            at: folder.file("store.db"), migrations: [Self.note, StoredAnswers.migration])
    }

    private static func notes(_ database: any Database) async throws -> Int {
        try await database.read { try $0.rows("SELECT id FROM note") }.count
    }

    private static func withDatabase(
        _ body: (SQLiteStore, any Database, StoredAnswers) async throws -> Void
    ) async throws {
        let store = try SQLiteStore()
        let database = try await store.open([Self.note, StoredAnswers.migration])
        try await body(store, database, try await StoredAnswers(database: database))
        try await database.close()
    }

    @Test("an answer survives a process that is killed")
    func answered() async throws {
        try await Self.withDatabase { store, _, answers in
            _ = try await answers.begin(Self.call, content: [1])
            try await answers.finish(Self.call, .answered(.reply([7, 7])))
            let folder = try TemporaryFolder()
            let next = try await Self.afterKill(of: store, in: folder)
            #expect(
                try await StoredAnswers(database: next).begin(Self.call, content: [1])
                    == .answered(.reply([7, 7])))
            try await next.close()
        }
    }

    @Test("a process killed between the effect and the answer leaves an unknown outcome")
    func killedBetween() async throws {
        try await Self.withDatabase { store, database, answers in
            _ = try await answers.begin(Self.call, content: [1])
            try await database.write { try $0.execute("INSERT INTO note VALUES (1, 'done')") }
            let folder = try TemporaryFolder()
            let next = try await Self.afterKill(of: store, in: folder)
            #expect(try await Self.notes(next) == 1)
            #expect(
                try await StoredAnswers(database: next).begin(Self.call, content: [1]) == .unknown)
            try await next.close()
        }
    }

    @Test("an answer stored with the effect is there exactly when the effect is")
    func together() async throws {
        struct Refusal: Error {}
        try await Self.withDatabase { store, database, answers in
            _ = try await answers.begin(Self.call, content: [1])
            let call = KeyedCall(Self.call)
            await #expect(throws: Refusal.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO note VALUES (1, 'undone')")
                    try call.store("undone", in: transaction)
                    throw Refusal()
                }
            }
            #expect(try await answers.begin(Self.call, content: [1]) == .unknown)
            try await database.write { transaction in
                try transaction.execute("INSERT INTO note VALUES (1, 'done')")
                try call.store("done", in: transaction)
            }
            let folder = try TemporaryFolder()
            let next = try await Self.afterKill(of: store, in: folder)
            #expect(try await Self.notes(next) == 1)
            #expect(
                try await StoredAnswers(database: next).begin(Self.call, content: [1])
                    == .answered(.reply([0x64] + Array("done".utf8))))
            try await next.close()
        }
    }

    @Test("an answer is stored once, and only for a call that was begun")
    func misuse() async throws {
        try await Self.withDatabase { _, database, answers in
            let call = KeyedCall(Self.call)
            for _ in 1...2 {
                let error = await #expect(throws: StorageError.self) {
                    try await database.write { try call.store("x", in: $0) }
                }
                #expect(error?.code == .conflict)
                _ = try await answers.begin(Self.call, content: [1])
                try await answers.finish(Self.call, .answered(.reply([1])))
            }
        }
    }

    @Test("what is kept is counted when the store is opened")
    func counted() async throws {
        try await Self.withDatabase { _, database, answers in
            _ = try await answers.begin(Self.call, content: [1])
            var limits = AnswerLimits()
            limits.answersMax = 1
            let full = try await StoredAnswers(database: database, limits: limits)
            let other = KeyedCallID(caller: nil, method: "t.v1/Do", key: "other")
            #expect(try await full.begin(other, content: [1]) == .full)
        }
    }

    @Test("no statement walks through the table but the one that counts it")
    func plans() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([StoredAnswers.migration])
        for sql in [
            """
            SELECT digest, reply, error FROM stored_answer
            WHERE caller = ? AND method = ? AND call_key = ? AND expires_at > ?
            """,
            """
            DELETE FROM stored_answer WHERE (caller, method, call_key) IN (
                SELECT caller, method, call_key FROM stored_answer
                WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
            )
            """,
        ] {
            #expect(try await QueryPlan.scans(sql, in: database) == [])
        }
        try await database.close()
    }
}

@Suite("A handler stores its answer with its effect", .timeLimit(.minutes(1)))
struct KeyedHandlerTests {
    /// Inserts a note, stores the answer with it, and then fails.
    @Message
    struct Add: RPCMethod {
        enum Service: RPCService {
            static let name = "notes.v1"
            static let methods: [RPCMethodDeclaration] = [.unary(Add.self)]
        }
        typealias Reply = String
        static let name = "Add"
        static let repetition = Repetition.unsafe
        var id: Int
    }

    @Test("once it is durable the stored answer is the answer, even if the handler fails then")
    func storedWins() async throws {
        let store = try SQLiteStore()
        let database = try await store.open([StoredAnswersTests.note, StoredAnswers.migration])
        var routes = RPCRoutes(Add.Service.self)
        routes.on(Add.self) { request in
            let call = CallContext.current.keyedCall
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO note VALUES (?, 'x')", [request.id])
                try call?.store("added \(request.id)", in: transaction)
            }
            throw RPCError(.internal, "too late")
        }
        let router = try RPCRouter(
            [routes], access: .everyone,
            answers: try await StoredAnswers(database: database))
        let notes = RPCClient(
            Add.Service.self, carry: router.carry(as: nil), options: RPCClientOptions(retry: .never)
        )
        for _ in 1...2 {
            #expect(try await notes.send(Add(id: 1), idempotencyKey: "a") == "added 1")
        }
        let rows = try await database.read { try $0.rows("SELECT id FROM note") }
        #expect(rows.count == 1)
        await #expect(throws: RPCError(.internal, "too late")) { try await notes.send(Add(id: 2)) }
        try await database.close()
    }
}
