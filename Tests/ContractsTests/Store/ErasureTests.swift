import ContractLifecycle
import ContractParticipant
import ContractsAPI
import ContractsDomain
import ContractsFakes
import Foundation
import Identifiers
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Erasing a contract")
struct ErasureTests {
    /// Tables that name contracts and stay, with the reason.
    static let exempt = [
        "contract": "the gate; FinishDeletion replaces it by the tombstone",
        "tombstone": "keeps late commands from bringing anything back",
        "audit_event": "outlives the contract; names people by seals only",
        "audit_person": "opens the seals; goes when the person goes",
    ]

    /// A contract with something of every kind, being deleted.
    static func seeded(
        _ test: TestContracts
    ) async throws -> (contract: ContractID, neighbour: ContractID, operation: OperationID) {
        let contract = try await test.contract("Marker-1f3a")
        let neighbour = try await test.contract("Neighbour")
        for id in [contract, neighbour] {
            let ada = try await test.member("marker-ada-\(id)@example.com", of: id)
            _ = try await test.member("grace-\(id)@example.com", of: id)
            let workspace = try await test.service.createWorkspace(
                WorkspaceDraft(
                    name: try #require(ContractName("Orders")), type: .full, contract: id),
                by: ada)
            let linus = try await test.member("linus-\(id)@example.com", of: id, roles: ["admin"])
            let team = try await test.service.createTeam(
                try #require(ContractName("Builders")), in: id, by: linus)
            _ = try await test.service.addTeamMember(
                ada.actor.user, to: team.team.id, by: linus)
            for number in 0..<2 {
                _ = try await test.service.createInvite(
                    InviteDraft(
                        email: "marker-\(number)@example.com", roles: ["member"],
                        workspace: workspace.workspace.id, workspaceRoles: ["guest"]),
                    into: id, by: ada)
            }
        }
        let operation = try await test.service.deleteContract(contract, by: test.admin)
        try await test.deliver()
        return (contract, neighbour, operation)
    }

    /// Erases every kind, as the orchestrator does.
    static func purge(
        _ test: TestContracts, _ contract: ContractID, _ operation: OperationID
    ) async throws {
        let driver = test.service.purge
        for kind in driver.kinds {
            let reply = try await driver.purge(
                PurgeChunk<Contracts>(
                    operation: operation, contract: contract, epoch: 4, kind: kind.name,
                    chunk: 0, rowsMax: 100))
            #expect(reply.isLast)
        }
    }

    @Test("a purge is exact whatever happens, and touches its contract only")
    func conformance() async throws {
        let test = try await TestContracts()
        let (contract, neighbour, operation) = try await Self.seeded(test)
        try await PurgeConformance(
            driver: test.service.purge, database: test.file, contract: contract,
            neighbour: neighbour, operation: operation, epoch: 4
        ).check()
        let kinds = test.service.purge.kinds.map(\.name)
        #expect(
            kinds == [
                "invites", "workspace_members", "workspaces", "team_members", "teams",
                "contract_members",
            ])
    }

    @Test("no table that names a contract is forgotten")
    func coverage() async throws {
        let test = try await TestContracts()
        let forgotten = try await PurgeCoverage.forgotten(
            in: test.file, kinds: test.service.purge.kinds, exempt: Self.exempt)
        #expect(forgotten.isEmpty)
    }

    @Test("users are released when their last membership goes, and not before")
    func users() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let other = try await test.contract("Other")
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        let admin = test.admin.actor.user
        for (user, contract) in [(grace.actor.user, other), (admin, contract)] {
            _ = try await test.service.addMember(
                user, to: contract, roles: ["owner"], by: test.admin)
        }
        let operation = try await test.service.deleteContract(contract, by: test.admin)
        try await Self.purge(test, contract, operation)
        let early = FinishDeletion(
            operation: operation, contract: contract, epoch: 4,
            receiptDigest: [UInt8](repeating: 1, count: 32))
        await #expect(throws: RPCError.self) { try await test.service.finishDeletion(early) }
        let asked = try await test.service.usersToRelease(UsersToRelease(operation: operation))
        #expect(asked.users == [ada.actor.user], "the Tenant Admin and grace stay")
        let adding = try await refusal {
            try await test.service.addMember(
                ada.actor.user, to: other, roles: ["member"], by: test.admin)
        }
        #expect(adding == .userIsBeingRemoved)
        _ = try await test.service.confirmUsersReleased(
            ConfirmUsersReleased(operation: operation, users: asked.users))
        let rest = try await test.service.usersToRelease(UsersToRelease(operation: operation))
        #expect(rest.users.isEmpty)
        #expect(try await test.service.finishDeletion(early) == .applied)
    }

    @Test("two contracts deleted at once lose the user they share exactly once", arguments: 0..<10)
    func sharedUser(round: Int) async throws {
        let test = try await TestContracts()
        let contracts = [try await test.contract("One"), try await test.contract("Two")]
        let shared = test.peers.addPerson("ada@example.com")
        var operations: [OperationID] = []
        for contract in contracts {
            _ = try await test.service.addMember(
                shared, to: contract, roles: ["owner"], by: test.admin)
        }
        for contract in contracts {
            operations.append(try await test.service.deleteContract(contract, by: test.admin))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (contract, operation) in zip(contracts, operations) {
                group.addTask { try await Self.purge(test, contract, operation) }
            }
            try await group.waitForAll()
        }
        var released: [UserID] = []
        for operation in operations {
            released += try await test.service.usersToRelease(
                UsersToRelease(operation: operation)
            ).users
        }
        #expect(released == [shared], "round \(round)")
    }

    @Test("a finished deletion leaves the tombstone and the audit trail, nothing else")
    func nothingLeft() async throws {
        let test = try await TestContracts()
        let (contract, _, operation) = try await Self.seeded(test)
        try await Self.purge(test, contract, operation)
        let users = try await test.service.usersToRelease(UsersToRelease(operation: operation))
        _ = try await test.service.confirmUsersReleased(
            ConfirmUsersReleased(operation: operation, users: users.users))
        let finish = FinishDeletion(
            operation: operation, contract: contract, epoch: 4,
            receiptDigest: [UInt8](repeating: 7, count: 32))
        #expect(try await test.service.finishDeletion(finish) == .applied)
        #expect(try await test.service.finishDeletion(finish) == .applied, "asked twice")
        var other = finish
        other.receiptDigest[0] = 8
        #expect(try await test.service.finishDeletion(other) == .conflict)
        try await test.deliver()
        #expect(test.peers.gate(of: contract)?.state == .deleted)
        #expect(test.peers.gate(of: contract)?.epoch == 5)
        let gone = try await refusal {
            try await test.service.deleteContract(contract, by: test.admin)
        }
        #expect(gone == .contractNotFound)
        #expect(
            try await Self.tables(naming: contract.text, in: test.file)
                == ["audit_event", "audit_person", "tombstone"])
        try await test.file.checkpointTruncate()
        for name in ["contracts.sqlite", "contracts.sqlite-wal"] {
            let path = test.folder.file(name)
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            #expect(bytes.range(of: Data("Marker-1f3a".utf8)) == nil, "\(name)")
            #expect(bytes.range(of: Data("marker-ada-\(contract)".utf8)) == nil, "\(name)")
        }
    }

    @Test("the audit trail outlives the contract, unbroken, and a changed event is noticed")
    func auditTrail() async throws {
        let test = try await TestContracts()
        let (contract, _, _) = try await Self.seeded(test)
        let events = try await test.file.read {
            try AuditStore.verifiedEvents(of: contract, in: $0)
        }
        #expect(
            events.map(\.action) == [
                "contract.create", "member.add", "member.add", "workspace.create", "member.add",
                "team.create", "team.member.add", "invite.create", "invite.create",
                "contract.delete",
                "contract.deletion.agreed", "contract.deletion.begun",
            ])
        #expect(events.allSatisfy { $0.author.actor.hasPrefix(PersonSeal.prefix) })
        #expect(!events.contains { $0.change.contains("example.com") }, "no addresses")
        #expect(!events.contains { $0.change.contains("Marker") }, "no names")
        try await test.file.write { transaction in
            try transaction.execute(
                "DELETE FROM audit_person WHERE number = 2 AND contract_id = ?", [contract])
        }
        for change in [
            "UPDATE audit_event SET actor = 'user/x' WHERE number = 3 AND contract_id = ?",
            "DELETE FROM audit_event WHERE number = 2 AND contract_id = ?",
        ] {
            try await test.file.write { try $0.execute(change, [contract.text]) }
            await #expect(throws: StorageError.self) {
                try await test.file.read {
                    try AuditStore.verifiedEvents(of: contract, in: $0)
                }
            }
        }
    }

    /// The tables with a text that contains something, in alphabetical order.
    static func tables(naming text: String, in database: SQLiteDatabase) async throws -> [String] {
        try await database.read { transaction in
            let tables = try transaction.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).map { try $0.text("name") }
            return try tables.filter { table in
                try transaction.rows("SELECT * FROM \(table)").contains { row in
                    row.values.contains { value in
                        switch value {
                        case .text(let found): found.contains(text)
                        case .blob(let bytes):
                            String(decoding: bytes, as: UTF8.self).contains(text)
                        default: false
                        }
                    }
                }
            }
        }
    }
}
