import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Lists of contracts")
struct ListTests {
    /// Contracts of one owner, the first of them suspended.
    static func seeded(
        _ test: TestContracts, _ names: [String]
    ) async throws -> (ids: [ContractID], owner: Caller) {
        let user = test.peers.addPerson("ada@example.com")
        var ids: [ContractID] = []
        for name in names {
            let id = try await test.contract(name)
            _ = try await test.service.addMember(user, to: id, roles: ["owner"], by: test.admin)
            ids.append(id)
            test.clock.advance(milliseconds: 1_000)
        }
        _ = try await test.service.suspendContract(
            ids[0], reason: nil, until: nil, by: test.admin)
        return (ids, TestContracts.caller(user))
    }

    @Test("a list is narrowed and ordered as asked, for members and Tenant Admins alike")
    func narrowing() async throws {
        let test = try await TestContracts()
        let (ids, ada) = try await Self.seeded(test, ["Bravo", "Alpha", "Delta", "Alpha"])
        _ = try await test.member("grace@example.com", of: ids[1])
        let page = Page(size: 20)
        for caller in [ada, test.admin] {
            func names(_ sort: String?) async throws -> [String] {
                let order = ListOrder(keys: try StatementTests.keys(sort))
                return try await test.service.listContracts(
                    page, { $0.order = order }, for: caller
                ).views.map(\.contract.name)
            }
            #expect(try await names(nil) == ["Bravo", "Alpha", "Delta", "Alpha"])
            #expect(try await names("-created_at") == ["Alpha", "Delta", "Alpha", "Bravo"])
            #expect(try await names("name") == ["Alpha", "Alpha", "Bravo", "Delta"])
            #expect(try await names("-name") == ["Delta", "Bravo", "Alpha", "Alpha"])
            let alphas = try await test.service.listContracts(
                Page(number: 2, size: 1), { $0.name = "Alpha" }, for: caller)
            #expect(alphas.views.map(\.contract.id) == [ids[3]])
            #expect(alphas.total == 2)
            let suspended = try await test.service.listContracts(
                page, { $0.states = ContractFilter.states(calledPublicly: "suspending") },
                for: caller)
            #expect(suspended.views.map(\.contract.id) == [ids[0]])
            #expect(suspended.total == 1)
        }
    }

    @Test("ordering by the time of making leaves nothing to order by name")
    func orders() throws {
        func sql(_ text: String?) throws -> String {
            ListOrder(keys: try StatementTests.keys(text)).sql(name: "n", id: "i")
        }
        #expect(try sql(nil) == "i")
        #expect(try sql("name") == "n, i")
        #expect(try sql("-name,-created_at") == "n DESC, i DESC")
        #expect(try sql("-created_at,name") == "i DESC")
    }

    @Test("a page in the order of making is read from an index, however many there are")
    func unsorted() async throws {
        let test = try await TestContracts()
        let (_, ada) = try await Self.seeded(test, ["Bravo"])
        for caller in [ada, test.admin] {
            _ = try await test.service.listContracts(Page(size: 20), for: caller)
            _ = try await test.service.listWorkspaces(of: nil, Page(size: 20), for: caller)
            _ = try await test.service.listTeams(of: nil, Page(size: 20), for: caller)
        }
        let pages = test.recorder.statements.filter { $0.contains("LIMIT ? OFFSET ?") }
        #expect(pages.count >= 6)
        for statement in pages {
            let sorts = try await QueryPlan.sorts(statement, in: test.file)
            #expect(sorts.isEmpty, "\(statement)")
        }
    }
}
