import ContractLifecycle
import ContractParticipant
import Identifiers
import RPC
import Storage
import TestKit
import Testing

@Suite("A participant's routes")
struct ParticipantRoutesTests {
    let story = Story()

    func client(_ folder: TemporaryFolder) async throws -> RPCClient<Shelf> {
        let database = try await Shelf.open(in: folder)
        try await Shelf.seed(self.story.contract, in: database)
        let gates = ContractGates()
        var routes = RPCRoutes(Shelf.self)
        routes.onContractState(gates: gates, database: database)
        routes.onPurge(PurgeDriver(database: database, authority: gates, kinds: Shelf.kinds))
        let router = try RPCRouter([routes], access: .everyone)
        return RPCClient(carry: router.carry(as: PeerName("deletion-orchestrator")))
    }

    @Test("the standard routes fence, count, purge and seal")
    func life() async throws {
        let folder = try TemporaryFolder()
        let shelf = try await self.client(folder)
        let story = self.story
        #expect(
            try await shelf.send(ApplyContractState(story.command(5, .deleting))) == .applied)
        let found = try await shelf.send(CountKinds(contract: story.contract))
        #expect(found.kinds.map(\.kind) == ["books", "shelves"])
        #expect(found.kinds.map(\.count) == [6, 3])
        var deleted = 0
        for (kind, chunks) in [("books", 4), ("shelves", 2)] {
            for number in 0..<chunks {
                let reply = try await shelf.send(story.chunk(kind, number))
                deleted += reply.deleted
                #expect(reply.isLast == (number == chunks - 1))
            }
        }
        #expect(deleted == 9)
        let left = try await shelf.send(CountKinds(contract: story.contract))
        #expect(left.kinds.map(\.count) == [0, 0])
        _ = try await shelf.send(
            SealKinds(operation: story.operation, contract: story.contract))
    }

    @Test("a purge of a contract that is not being deleted is a failed precondition")
    func notDeleting() async throws {
        let folder = try TemporaryFolder()
        let shelf = try await self.client(folder)
        let error = try await #require(throws: RPCError.self) {
            _ = try await shelf.send(self.story.chunk("books", 0))
        }
        #expect(error.code == .failedPrecondition)
        #expect(ContractGateRefusal(error)?.state == .active)
    }

    @Test(
        "a chunk that cannot be is an invalid argument",
        arguments: [("magazines", 0, 1), ("books", -1, 1), ("books", 0, 0), ("books", 0, -5)])
    func invalid(kind: String, number: Int, rowsMax: Int) async throws {
        let folder = try TemporaryFolder()
        let shelf = try await self.client(folder)
        let error = try await #require(throws: RPCError.self) {
            _ = try await shelf.send(self.story.chunk(kind, number, rowsMax: rowsMax))
        }
        #expect(error.code == .invalidArgument)
    }
}
