import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("The end of tenants")
struct ReleaseTenantTests {
    static let request = ReleaseTenant(tenant: FakePeers.tenant)

    @Test("a tenant with a contract is not released, whatever the contract's state")
    func refuses() async throws {
        let test = try await TestContracts()
        let contract = try await test.contract()
        _ = try await test.contract("Another")
        #expect(try await test.service.releaseTenant(Self.request) == .refused(contracts: 2))
        _ = try await test.service.suspendContract(
            contract, reason: nil, until: nil, by: test.admin)
        #expect(try await test.service.releaseTenant(Self.request) == .refused(contracts: 2))
        _ = try await test.contract("A Third")
    }

    @Test("a released tenant keeps nothing and gets nothing any more")
    func releases() async throws {
        let test = try await TestContracts()
        _ = try await test.service.createWebhook(
            "https://example.com/hook", events: [], by: test.admin)
        _ = try await test.service.updateMailTemplate(
            .invite, MailTemplateChange(isEnabled: false), by: test.admin)
        for _ in 0..<2 { #expect(try await test.service.releaseTenant(Self.request) == .released) }
        for table in ["webhook_endpoint", "mail_template"] {
            let found = try await test.file.read {
                try $0.row("SELECT COUNT(*) AS found FROM \(table)")?.int("found")
            }
            #expect(found == 0)
        }
        let contract = try await refusal { try await test.contract() }
        let webhook = try await refusal {
            try await test.service.createWebhook(
                "https://example.com/hook", events: [], by: test.admin)
        }
        let template = try await refusal {
            try await test.service.updateMailTemplate(
                .invite, MailTemplateChange(isEnabled: false), by: test.admin)
        }
        #expect(
            [contract, webhook, template] == [.tenantReleased, .tenantReleased, .tenantReleased])
    }

    @Test("another tenant is released alone")
    func others() async throws {
        let test = try await TestContracts()
        let other = ReleaseTenant(tenant: TenantID(secondsSince1970: 77))
        #expect(try await test.service.releaseTenant(other) == .released)
        _ = try await test.contract()
    }
}
