import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import PublicHTTP
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("The audit trail")
struct AuditTests {
    static func trail(of contract: ContractID, in test: TestContracts) async throws -> [AuditEntry]
    {
        try await test.file.read { try AuditStore.list(of: contract, max: 1_000, in: $0) }
    }

    @Test("says who did what to whom, in which request, and what was before")
    func says() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract, roles: ["member"])
        _ = try await test.service.updateMember(
            grace.actor.user, of: contract, roles: ["admin"], by: ada)
        let last = try #require(try await Self.trail(of: contract, in: test).last)
        let attributes = last.resource.attributes
        #expect(attributes["action"] == "member.update")
        #expect(attributes["actor"] == .string("user/\(ada.actor.user)"))
        #expect(attributes["subject"] == .string("user/\(grace.actor.user)"))
        #expect(attributes["request_id"] == "request-1")
        #expect(attributes["before"] == ["roles": ["member"]])
        #expect(attributes["after"] == ["roles": ["admin"]])
    }

    @Test("forgets a user who is erased, and its chain still holds")
    func erasure() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.member("ada@example.com", of: contract)
        let grace = try await test.member("grace@example.com", of: contract)
        _ = try await test.service.updateContract(
            contract,
            ContractChange(
                name: ContractName("Renamed"), availableRoles: nil, precondition: { _ in }),
            by: grace)
        let before = try await Self.trail(of: contract, in: test)
        try await test.service.removeMember(grace.actor.user, of: contract, by: test.admin)
        try await test.deliver()
        #expect(test.peers.released == [grace.actor.user])
        let rows = try await ErasureTests.tables(naming: grace.actor.user.text, in: test.file)
        #expect(rows == ["user_removal"], "which is forgotten after an hour")
        let after = try await Self.trail(of: contract, in: test)
        #expect(after.prefix(before.count).map(\.hash) == before.map(\.hash))
        let update = try #require(after.first { $0.event.action == "contract.update" }).resource
        #expect(update.attributes["actor"] == .null)
        #expect(update.attributes["request_id"] == .null)
        let removal = try #require(after.last).resource
        #expect(removal.attributes["subject"] == .null)
        #expect(removal.attributes["actor"] == .string("user/\(test.admin.actor.user)"))
        let events = try await test.file.read {
            try AuditStore.verifiedEvents(of: contract, in: $0)
        }
        #expect(events.count == after.count)
    }

    @Test("a user with more entries than are erased at once is forgotten in all of them")
    func erasesAll() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        let ada = try await test.member("ada@example.com", of: contract)
        try await test.file.write { transaction in
            for number in 0..<(ContractsLimits.erasedSealsMax + 1) {
                try AuditStore.append(
                    AuditStore.Entry(
                        contract: contract, tenant: FakePeers.tenant, at: Int64(number),
                        author: ada.author, action: "test", change: "{}"),
                    in: transaction)
            }
        }
        try await test.service.eraseFromAudit([ada.actor.user])
        let left = try await Self.trail(of: contract, in: test).filter {
            $0.author?.user == ada.actor.user || $0.subject?.user == ada.actor.user
        }
        #expect(left.isEmpty)
    }

    @Test("an export larger than one reading is whole and in order")
    func export() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        try await test.file.write { transaction in
            for number in 0..<(ContractsLimits.exportedAtOnceMax * 2) {
                try AuditStore.append(
                    AuditStore.Entry(
                        contract: contract, tenant: FakePeers.tenant, at: Int64(number),
                        author: test.admin.author, action: "test", change: "{}"),
                    in: transaction)
            }
        }
        let stream = try await test.service.exportAudit(
            of: contract, AuditStore.Filter(), for: test.admin)
        var bytes: [UInt8] = []
        var pieces = 0
        while let piece = try await stream.read() {
            bytes += piece
            pieces += 1
        }
        let numbers = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            try JSON(parsing: String($0))["attributes"]?["number"]?.integer
        }
        #expect(numbers == (1...Int64(ContractsLimits.exportedAtOnceMax * 2 + 1)).map { $0 })
        #expect(pieces == 3)
    }
}
