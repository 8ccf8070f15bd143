import FlowRuntimeAPI
import Identifiers
import Storage
import Testing

@testable import FlowRuntimeServer

/// Components with versions and files, for tests of tables.
enum FurnishedComponents {
    static let tenant = TenantID(secondsSince1970: 10)

    /// A component that a contract has, with one version.
    struct Made {
        var component: ComponentRow
        var version: ComponentVersionRow

        var use: ComponentUse {
            ComponentUse(
                component: self.component.id, version: self.version.id,
                owner: self.component.contract)
        }
    }

    /// Makes a component with a version of two files.
    static func make(
        of contract: ContractID, name: String? = nil, access: ComponentRow.Access = .team,
        in database: any Database
    ) async throws -> Made {
        let id = ComponentID(secondsSince1970: 11)
        let user = UserID(secondsSince1970: 12)
        let component = ComponentRow(
            id: id, contract: contract, tenant: Self.tenant, team: TeamID(secondsSince1970: 13),
            teamName: "Acme", name: name ?? id.text, description: nil, access: access, user: user,
            revision: 1, lastVersion: 1, createdAt: 1, updatedAt: 1)
        let version = ComponentVersionRow(
            id: ComponentVersionID(secondsSince1970: 14), component: id, contract: contract,
            user: user, number: 1, descriptor: "{}", files: 2, bytes: 2, createdAt: 1)
        let files = ["a", "b"].map { BundleFile(path: $0, content: [1]) }
        try await database.write { transaction in
            try ComponentStore.insert(component, in: transaction)
            try ComponentVersionStore.insert(version, files: files, in: transaction)
        }
        return Made(component: component, version: version)
    }

    /// Has both versions of a flow use a component.
    static func use(
        _ made: Made, by id: FlowID, of contract: ContractID, in database: any Database
    ) async throws {
        try await database.write { transaction in
            var flow = try #require(try FlowStore.flow(id, in: transaction))
            for number in 1...2 {
                flow.version = number
                try ComponentUseStore.insert([made.use], of: flow, in: transaction)
            }
        }
    }
}
