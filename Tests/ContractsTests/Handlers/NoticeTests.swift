import ContractLifecycle
import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import Testing

@testable import ContractsServer

@Suite("What members are told by e-mail")
struct NoticeTests {
    private static func subjects(_ mailer: FakeMailer, to address: String) -> [String] {
        mailer.messages.filter { $0.to == address }.map(\.subject)
    }

    @Test("of a suspension when it is complete, of its end, and of the deletion")
    func life() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract("Acme")
        _ = try await test.member("ada@example.com", of: contract)
        _ = try await test.member("bob@example.com", of: contract, roles: ["member"])
        let mailer = FakeMailer()
        let row = try await test.service.suspendContract(
            contract, reason: "unpaid", until: nil, by: test.admin)
        try await test.deliver(mailer)
        #expect(mailer.messages.isEmpty)
        _ = try await test.service.finishSuspension(
            FinishSuspension(
                operation: try #require(row.lifecycle.phase.operation), contract: contract,
                epoch: row.lifecycle.epoch))
        try await test.service.unsuspendContract(contract, resumingFlows: false, by: test.admin)
        try await test.service.unsuspendContract(contract, resumingFlows: false, by: test.admin)
        _ = try await test.service.deleteContract(contract, by: test.admin)
        try await test.deliver(mailer)
        for address in ["ada@example.com", "bob@example.com"] {
            #expect(
                Self.subjects(mailer, to: address) == [
                    "Acme is suspended", "Acme is active again", "Acme is being deleted",
                ])
        }
        let suspended = try #require(mailer.messages.first)
        #expect(suspended.text.contains("Reason: unpaid"))
        #expect(suspended.html?.contains("Reason: unpaid") == true)
    }

    @Test("somebody removed is told, though the account goes with the membership")
    func removal() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract("Acme")
        let ada = try await test.member("ada@example.com", of: contract)
        let bob = try await test.member("bob@example.com", of: contract, roles: ["member"])
        try await test.service.removeMember(bob.actor.user, of: contract, by: ada)
        let mailer = FakeMailer()
        try await test.deliver(mailer)
        #expect(test.peers.released == [bob.actor.user])
        #expect(
            Self.subjects(mailer, to: "bob@example.com")
                == ["You are no longer a member of Acme"])
        #expect(mailer.messages.count == 1)
    }

    @Test("in the tenant's own words, or not at all when the tenant does not want it")
    func templates() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract("Acme")
        let ada = try await test.member("ada@example.com", of: contract)
        var change = MailTemplateChange()
        change.subject = "Bye from {{contract_name}}"
        change.html = "<i>{{contract_name}}</i>"
        _ = try await test.service.updateMailTemplate(.removed, change, by: test.admin)
        let mailer = FakeMailer()
        for (email, isEnabled) in [("bob@example.com", true), ("eve@example.com", false)] {
            var change = MailTemplateChange()
            change.isEnabled = isEnabled
            _ = try await test.service.updateMailTemplate(.removed, change, by: test.admin)
            let member = try await test.member(email, of: contract, roles: ["member"])
            try await test.service.removeMember(member.actor.user, of: contract, by: ada)
            try await test.deliver(mailer)
        }
        #expect(mailer.messages.map(\.to) == ["bob@example.com"])
        #expect(mailer.messages.first?.subject == "Bye from Acme")
        #expect(mailer.messages.first?.html == "<i>Acme</i>")
        try await test.service.resetMailTemplate(.removed, by: test.admin)
        let rows = try await test.service.listMailTemplates(for: test.admin)
        #expect(rows.first { $0.kind == .removed }?.template == MailKind.removed.standard)
    }

    @Test("a message that is refused for good does not hold up the outbox")
    func refused() async throws {
        struct Refusing: Mailer {
            let isPermanent: Bool

            func deliver(_ message: MailMessage) async throws {
                throw MailError("no", isPermanent: self.isPermanent)
            }
        }
        let test = try await TestContracts()
        let order = MailOrder(
            id: "5b87aded2dfb980011537690", address: "ada@example.com", user: nil, subject: "s",
            text: "t", orderedAt: 0, html: nil)
        try await test.service.deliver(order, by: Refusing(isPermanent: true))
        await #expect(throws: MailError.self) {
            try await test.service.deliver(order, by: Refusing(isPermanent: false))
        }
    }
}
