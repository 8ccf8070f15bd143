import ContractLifecycle
import ContractParticipant
import Identifiers
import RPC
import Storage
import Synchronization
import TestKit
import Testing

@Suite("A participant's gate and purge")
struct ParticipantTests {
    let story = Story()

    @Test("a command is in force once acknowledged, and its effect happens once")
    func applies() async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let effects = Mutex<[Int64]>([])
        let gates = ContractGates { command, _ in effects.withLock { $0.append(command.epoch) } }
        let command = self.story.command(3, .suspending)
        let late = self.story.command(2, .active)
        for expected in [LifecycleAcknowledgement.applied, .applied] {
            let answer = try await database.write { try gates.apply(command, in: $0) }
            #expect(answer == expected)
        }
        #expect(try await database.write { try gates.apply(late, in: $0) } == .superseded(by: 3))
        #expect(effects.withLock { $0 } == [3])
        let contract = self.story.contract
        let standing = try await database.read { try gates.standing(of: contract, in: $0) }
        #expect(standing.state == .suspending)
        #expect(standing.reason == "because")
        await #expect(throws: ContractGateRefusal.self) {
            try await database.write { try gates.check(contract, allows: .newWork, in: $0) }
        }
    }

    @Test("another command of the same epoch is a conflict and changes nothing")
    func conflict() async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let gates = ContractGates()
        let first = self.story.command(3, .suspending)
        let second = self.story.command(3, .active)
        _ = try await database.write { try gates.apply(first, in: $0) }
        #expect(try await database.write { try gates.apply(second, in: $0) } == .conflict)
        let contract = self.story.contract
        let gate = try await database.read { try gates.gate(of: contract, in: $0) }
        #expect(gate?.state == .suspending)
    }

    @Test("deleted leaves a tombstone without a reason and no record of the purge")
    func tombstone() async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let gates = ContractGates()
        let driver = PurgeDriver(database: database, authority: gates, kinds: Shelf.kinds)
        let story = self.story
        try await Shelf.seed(story.contract, in: database)
        _ = try await database.write { try gates.apply(story.command(5, .deleting), in: $0) }
        _ = try await driver.purge(story.chunk("books", 0))
        _ = try await database.write { try gates.apply(story.command(6, .deleted), in: $0) }
        let records = try await database.read {
            try $0.row("SELECT COUNT(*) AS found FROM purge_progress")?.int("found")
        }
        #expect(records == 0)
        let gate = try await database.read { try gates.gate(of: story.contract, in: $0) }
        #expect(gate?.state == .deleted)
        #expect(gate?.reason == nil)
        #expect(
            try await database.write { try gates.apply(story.command(9, .active), in: $0) } == .gone
        )
        await #expect(throws: ContractGateRefusal.self) {
            _ = try await driver.purge(story.chunk("books", 1))
        }
    }

    @Test(
        "every step survives being run twice, failing once and finding nothing",
        arguments: [1, 2, 100])
    func conformance(_ rowsMax: Int) async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let gates = ContractGates()
        let story = self.story
        try await Shelf.seed(story.contract, in: database)
        try await Shelf.seed(story.neighbour, in: database)
        _ = try await database.write { try gates.apply(story.command(5, .deleting), in: $0) }
        let proof = PurgeConformance(
            driver: PurgeDriver(database: database, authority: gates, kinds: Shelf.kinds),
            database: database, contract: story.contract, neighbour: story.neighbour,
            operation: story.operation, epoch: 5, rowsMax: rowsMax)
        try await proof.check()
    }

    @Test("a kind that counts wrongly, reaches a neighbour or erases at other times is found out")
    func conformanceFindsFaults() async throws {
        let greedy = PurgeKind(
            "shelves", tables: ["shelf"],
            count: { contract, transaction in
                try transaction.row(
                    "SELECT COUNT(*) AS found FROM shelf WHERE contract_id = ?", [contract.text])?
                    .int("found") ?? 0
            }, purge: { _, _, transaction in try transaction.execute("DELETE FROM shelf") })
        let boastful = PurgeKind(
            "shelves", tables: ["shelf"], count: { _, _ in 1 }, purge: { _, _, _ in 0 })
        for faulty in [greedy, boastful] {
            let folder = try TemporaryFolder()
            let database = try await Shelf.open(in: folder)
            let gates = ContractGates()
            let story = self.story
            try await Shelf.seed(story.contract, in: database)
            try await Shelf.seed(story.neighbour, in: database)
            try await database.write { _ = try $0.execute("DELETE FROM book") }
            _ = try await database.write { try gates.apply(story.command(5, .deleting), in: $0) }
            let proof = PurgeConformance(
                driver: PurgeDriver(database: database, authority: gates, kinds: [faulty]),
                database: database, contract: story.contract, neighbour: story.neighbour,
                operation: story.operation, epoch: 5)
            await #expect(throws: PurgeConformanceFailure.self) { try await proof.check() }
        }
    }

    @Test("a table of contracts that no kind erases is named")
    func coverage() async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let exempt = ["contract_gate": "the tombstone"]
        let all = try await PurgeCoverage.forgotten(
            in: database, kinds: Shelf.kinds, exempt: exempt)
        #expect(all == ["register"])
        let none = try await PurgeCoverage.forgotten(in: database, kinds: [], exempt: exempt)
        #expect(none == ["book", "register", "shelf"])
    }

    @Test("erasing uses an index, whatever the table's size")
    func plans() async throws {
        let folder = try TemporaryFolder()
        let database = try await Shelf.open(in: folder)
        let recorder = StatementRecorder(database)
        let gates = ContractGates()
        let story = self.story
        try await Shelf.seed(story.contract, in: database)
        _ = try await recorder.write { try gates.apply(story.command(5, .deleting), in: $0) }
        let driver = PurgeDriver(database: recorder, authority: gates, kinds: Shelf.kinds)
        for kind in Shelf.kinds {
            _ = try await driver.purge(story.chunk(kind.name, 0, rowsMax: 9))
        }
        _ = try await driver.count(story.contract)
        _ = try await recorder.write { try gates.apply(story.command(6, .deleted), in: $0) }
        for statement in recorder.statements {
            #expect(try await QueryPlan.scans(statement, in: database) == [], "\(statement)")
        }
    }
}
