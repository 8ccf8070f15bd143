import ContractLifecycle
import ContractParticipant
import Identifiers
import RPC
import Storage
import TestKit

/// A participant as small as one can be: shelves of contracts, books on shelves, and a register.
enum Shelf: RPCService {
    static let name = "shelf.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(ApplyContractState<Shelf>.self), .unary(PurgeChunk<Shelf>.self),
        .unary(CountKinds<Shelf>.self), .unary(SealKinds<Shelf>.self),
    ]

    static let migrations = [
        ContractGates.migration, PurgeProgress.migration,
        Migration(
            "shelf",
            [
                "CREATE TABLE shelf (id TEXT PRIMARY KEY NOT NULL, contract_id TEXT NOT NULL)",
                "CREATE INDEX shelf_contract ON shelf (contract_id)",
                """
                CREATE TABLE book (
                    shelf_id TEXT NOT NULL REFERENCES shelf (id),
                    place INTEGER NOT NULL,
                    PRIMARY KEY (shelf_id, place)
                )
                """,
                "CREATE TABLE register (contract_id TEXT PRIMARY KEY NOT NULL, lent INTEGER NOT NULL)",
            ]),
    ]

    static let kinds = [
        PurgeKind(
            "books", table: "book", key: ["shelf_id", "place"],
            ownership: "shelf_id IN (SELECT id FROM shelf WHERE contract_id = ?)"),
        PurgeKind("shelves", table: "shelf"),
    ]

    static func open(in folder: TemporaryFolder) async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(
            at: folder.file("shelf.db"), migrations: Self.migrations)
    }

    /// Puts three shelves with two books each into a contract's possession.
    static func seed(_ contract: ContractID, in database: any Database) async throws {
        try await database.write { transaction in
            for shelf in 0..<3 {
                let id = "\(contract.text)-\(shelf)"
                try transaction.execute(
                    "INSERT INTO shelf (id, contract_id) VALUES (?, ?)", [id, contract.text])
                for place in 0..<2 {
                    try transaction.execute(
                        "INSERT INTO book (shelf_id, place) VALUES (?, ?)", [id, place])
                }
            }
        }
    }
}

/// The commands of one contract's life.
struct Story {
    let contract = ContractID(secondsSince1970: 1)
    let neighbour = ContractID(secondsSince1970: 2)
    let operation = OperationID(secondsSince1970: 3)
    let tenant = TenantID(secondsSince1970: 4)

    func command(_ epoch: Int64, _ state: ContractState) -> LifecycleCommand {
        LifecycleCommand(
            contract: self.contract, tenant: self.tenant, epoch: epoch, state: state,
            operation: state == .active ? nil : self.operation, reason: "because", since: epoch)
    }

    func chunk(_ kind: String, _ number: Int, rowsMax: Int = 2) -> PurgeChunk<Shelf> {
        PurgeChunk(
            operation: self.operation, contract: self.contract, epoch: 5, kind: kind,
            chunk: number, rowsMax: rowsMax)
    }
}
