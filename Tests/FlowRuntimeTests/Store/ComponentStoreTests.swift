import FlowRuntimeAPI
import Identifiers
import Storage
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("The tables of components")
struct ComponentStoreTests {
    @Test("only flows of other contracts stand against a deletion, each with a component once")
    func findsBlockers() async throws {
        let furnished = try await Furnished()
        let database = furnished.database
        let shared = try await FurnishedComponents.make(
            of: furnished.contract, access: .tenant, in: database)
        var foreign: [FlowID] = []
        for contract in [furnished.contract, furnished.neighbour, furnished.neighbour] {
            let flow = try await furnished.furnish(contract, in: database)
            try await FurnishedComponents.use(shared, by: flow, of: contract, in: database)
            if contract == furnished.neighbour { foreign.append(flow) }
        }
        let (all, first) = try await database.read { transaction in
            (
                try ComponentUseStore.blockers(of: furnished.contract, limit: 9, in: transaction),
                try ComponentUseStore.blockers(of: furnished.contract, limit: 1, in: transaction)
            )
        }
        #expect(Set(all.blockers.map(\.flow)) == Set(foreign))
        #expect(all.blockers.map(\.component) == [shared.component.id, shared.component.id])
        #expect(all.total == 2)
        #expect(first.blockers == Array(all.blockers.prefix(1)))
        #expect(first.total == 2)
    }

    @Test("a component that is used goes neither with its versions nor without")
    func keepsUsed() async throws {
        let furnished = try await Furnished()
        let made = try await FurnishedComponents.make(
            of: furnished.contract, in: furnished.database)
        let flow = try await furnished.furnish(furnished.neighbour, in: furnished.database)
        try await FurnishedComponents.use(
            made, by: flow, of: furnished.neighbour, in: furnished.database)
        await #expect(throws: StorageError.self) {
            try await furnished.database.write { transaction in
                try ComponentVersionStore.delete(made.version.id, in: transaction)
            }
        }
    }

    @Test("a name is taken within its contract, and by what is open to the tenant")
    func keepsNamesApart() async throws {
        let furnished = try await Furnished()
        let database = furnished.database
        let first = try await FurnishedComponents.make(
            of: furnished.contract, name: "x", in: database)
        var second = try await FurnishedComponents.make(
            of: furnished.neighbour, name: "x", access: .tenant, in: database)
        let named = try await database.read { transaction in
            try ComponentStore.named(
                "x", of: "Acme", in: FurnishedComponents.tenant, for: furnished.contract,
                transaction)
        }
        #expect(named.map(\.id) == [first.component.id, second.component.id], "its own first")
        var opened = first.component
        opened.access = .tenant
        second.component.id = ComponentID(secondsSince1970: 1)
        let candidates = [first.component, opened, second.component]
        let taken = try await database.read { transaction in
            try candidates.map { try ComponentStore.isTaken($0, in: transaction) }
        }
        #expect(taken == [false, true, true])
    }

    @Test("no statement walks through a table that grows")
    func plans() async throws {
        let furnished = try await Furnished()
        let recorder = StatementRecorder(furnished.database)
        let made = try await FurnishedComponents.make(of: furnished.contract, in: recorder)
        let flow = try await furnished.furnish(furnished.contract, in: furnished.database)
        try await FurnishedComponents.use(made, by: flow, of: furnished.contract, in: recorder)
        let (component, version) = (made.component, made.version)
        try await recorder.write { transaction in
            for access in [nil, ComponentRow.Access.team, .tenant] {
                let filter = ComponentStore.Filter(
                    contract: component.contract, tenant: component.tenant, access: access)
                _ = try ComponentStore.page(filter, limit: 1, offset: 1, in: transaction)
            }
            #expect(try ComponentStore.count(of: component.contract, in: transaction) == 3)
            try ComponentStore.update(component, in: transaction)
            #expect(try ComponentStore.find(component.id, in: transaction) == component)
            for number in [nil, 1] {
                let found = try ComponentVersionStore.version(
                    number, of: component.id, in: transaction)
                #expect(found == version)
            }
            #expect(try ComponentVersionStore.count(of: component.id, in: transaction) == 1)
            #expect(try ComponentVersionStore.files(of: version.id, in: transaction).count == 2)
            for id in [nil, version.id] {
                let (flows, total) = try ComponentUseStore.flows(
                    using: component.id, version: id, limit: 1, in: transaction)
                #expect(flows == [flow] && total == 1)
            }
            let used = try ComponentUseStore.versions(of: flow, version: 2, in: transaction)
            #expect(used == [version.id])
            _ = try ComponentUseStore.blockers(of: component.contract, limit: 1, in: transaction)
            try FlowStore.delete(flow, at: 9, in: transaction)
            while try FlowPurge.eraseSome(of: flow, rowsMax: 1, in: transaction) {}
            try ComponentVersionStore.delete(version.id, in: transaction)
            try ComponentStore.delete(component.id, in: transaction)
        }
        #expect(recorder.statements.count > 20)
        for statement in recorder.statements {
            let scans = try await QueryPlan.scans(
                statement, in: furnished.database, except: ["worker", "uses", "(subquery-2)"])
            #expect(scans == [], "\(statement)")
        }
    }
}
