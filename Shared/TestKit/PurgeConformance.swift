import ContractLifecycle
public import ContractParticipant
public import Identifiers
import RPC
public import Storage

/// Proves of a service's whole list of kinds that a purge is safe: each step survives being run
/// twice, failing once and finding nothing, counts exactly, and touches its contract only.
///
/// The database is filled by the service's own test, with rows of every kind for `contract` and for
/// `neighbour`, and `contract` is being deleted by `operation` at `epoch`. Afterwards `contract` has
/// nothing left.
public struct PurgeConformance: Sendable {
    /// Erases; what is proved.
    public var driver: PurgeDriver
    /// The database the driver works on.
    public var database: any Database
    /// The contract to erase.
    public var contract: ContractID
    /// A contract that must stay as it is.
    public var neighbour: ContractID
    /// The deletion.
    public var operation: OperationID
    /// The epoch of `deleting`.
    public var epoch: Int64
    /// Rows a chunk: small, so that kinds take several.
    public var rowsMax: Int

    /// Makes a proof.
    public init(
        driver: PurgeDriver, database: any Database, contract: ContractID, neighbour: ContractID,
        operation: OperationID, epoch: Int64, rowsMax: Int = 1
    ) {
        self.driver = driver
        self.database = database
        self.contract = contract
        self.neighbour = neighbour
        self.operation = operation
        self.epoch = epoch
        self.rowsMax = rowsMax
    }

    /// Erases the contract, misbehaving at every step.
    ///
    /// - Throws: ``PurgeConformanceFailure`` naming the kind and what went wrong.
    public func check() async throws {
        let before = try await self.driver.count(self.neighbour)
        for (index, kind) in self.driver.kinds.enumerated() {
            let seeded = try await self.found(kind.name)
            try Self.expect(seeded > 0, kind.name, "the test seeded no row of it")
            try Self.expect(before[index].count > 0, kind.name, "the neighbour has no row of it")
            try await self.refusesOthers(kind.name, seeded: seeded)
            try await self.survivesFailure(kind.name, seeded: seeded)
            try await self.erases(kind.name, seeded: seeded)
        }
        let left = try await self.driver.count(self.contract).filter { $0.count > 0 }
        try Self.expect(left.isEmpty, "all", "\(left.map(\.kind)) came back")
        let after = try await self.driver.count(self.neighbour)
        try Self.expect(after == before, "all", "the neighbour had \(before) and has \(after)")
    }

    /// Only the deletion that is in force, at its epoch, may erase.
    private func refusesOthers(_ kind: String, seeded: Int) async throws {
        var strangers = [self.chunk(kind, 0), self.chunk(kind, 0), self.chunk(kind, 0)]
        strangers[0].epoch -= 1
        strangers[1].operation = OperationID(secondsSince1970: 0)
        strangers[2].contract = self.neighbour
        for stranger in strangers {
            do {
                _ = try await self.driver.purge(stranger)
            } catch is ContractGateRefusal {
                continue
            }
            throw PurgeConformanceFailure(kind, "a chunk of another deletion was carried out")
        }
        try await self.expectFound(seeded, kind, "a refused chunk erased rows")
    }

    /// A chunk whose transaction fails has erased nothing and left no record.
    private func survivesFailure(_ kind: String, seeded: Int) async throws {
        let request = self.chunk(kind, 0)
        do {
            try await self.database.write { transaction in
                _ = try self.driver.purge(request, in: transaction)
                throw Interruption()
            }
        } catch is Interruption {}
        try await self.expectFound(seeded, kind, "a failed chunk erased rows")
    }

    /// Every chunk asked twice answers the same; the sum is exact; nothing is left to find.
    private func erases(_ kind: String, seeded: Int) async throws {
        var number = 0
        var sum = 0
        while true {
            let first = try await self.driver.purge(self.chunk(kind, number))
            let left = try await self.found(kind)
            let again = try await self.driver.purge(self.chunk(kind, number))
            try Self.expect(again == first, kind, "chunk \(number) answered differently again")
            try await self.expectFound(left, kind, "chunk \(number) erased rows again")
            sum += first.deleted
            try Self.expect(
                left == seeded - sum, kind, "\(sum) of \(seeded) told erased, \(left) left")
            number += 1
            if first.isLast { break }
            try Self.expect(number <= seeded + 1, kind, "the chunks do not end")
        }
        try Self.expect(sum == seeded, kind, "\(sum) of \(seeded) erased")
        let nothing = try await self.driver.purge(self.chunk(kind, number))
        try Self.expect(
            nothing == .init(deleted: 0, isLast: true), kind, "finding nothing is not harmless")
    }

    private func chunk(_ kind: String, _ number: Int) -> PurgeChunk<AnyParticipant> {
        PurgeChunk(
            operation: self.operation, contract: self.contract, epoch: self.epoch, kind: kind,
            chunk: number, rowsMax: self.rowsMax)
    }

    private func found(_ kind: String) async throws -> Int {
        try await self.driver.count(self.contract).first { $0.kind == kind }?.count ?? 0
    }

    private func expectFound(_ count: Int, _ kind: String, _ complaint: String) async throws {
        let found = try await self.found(kind)
        try Self.expect(found == count, kind, "\(complaint): \(count) before, \(found) after")
    }

    private static func expect(
        _ isMet: Bool, _ kind: String, _ complaint: @autoclosure () -> String
    ) throws {
        if !isMet { throw PurgeConformanceFailure(kind, complaint()) }
    }

    private struct Interruption: Error {}

    private enum AnyParticipant: RPCService {
        static let name = "any-participant.v1"
        static let methods: [RPCMethodDeclaration] = [.unary(PurgeChunk<AnyParticipant>.self)]
    }
}

/// A purge is not safe.
public struct PurgeConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind, and what went wrong with it.
    public let description: String

    init(_ kind: String, _ complaint: String) { self.description = "\(kind): \(complaint)" }
}
