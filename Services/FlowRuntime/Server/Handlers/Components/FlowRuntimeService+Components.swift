import ContractParticipant
import ContractsAPI
import FlowRuntimeDomain
import Identifiers
import PublicHTTP
import Storage

/// A component as somebody wants to make it.
struct NewComponent: Sendable {
    var team: TeamID
    var name: String
    var description: String?
    var access: ComponentRow.Access
}

/// A change to a component; what is `nil` stays.
struct ComponentChange: Sendable {
    /// The description, `nil` inside to remove it.
    var description: String??
    var access: ComponentRow.Access?
}

/// A component and the number of its newest version; `nil` before there is one.
struct ComponentView: Sendable {
    var component: ComponentRow
    var latestVersion: Int?
}

extension FlowRuntimeService {
    /// Makes a component, which has no version yet.
    func createComponent(_ new: NewComponent, by caller: Principal) async throws -> ComponentView {
        let grant = try await self.authorizer.grant(
            caller, PublicOperation.createComponent.permission, on: .team(new.team), noun: "Team")
        guard let teamName = grant.team else { throw FlowFault.notFound("Team") }
        guard teamName != CommandName.builtInTeam else {
            throw FlowFault.component(.teamNameReserved)
        }
        let now = self.clock.nowMilliseconds
        let component = ComponentRow(
            id: ComponentID(secondsSince1970: now / 1_000), contract: grant.contract,
            tenant: grant.tenant, team: new.team, teamName: teamName, name: new.name,
            description: new.description, access: new.access, user: caller.user, revision: 1,
            lastVersion: 0, createdAt: now, updatedAt: now)
        try await self.database.write { transaction in
            try self.gates.check(grant.contract, allows: .newWork, in: transaction)
            if try ClosedTeamStore.contains(new.team, in: transaction) {
                throw FlowFault.notFound("Team")
            }
            let count = try ComponentStore.count(of: grant.contract, in: transaction)
            guard count < FlowLimits.componentsMax else {
                throw FlowFault.component(
                    .tooMany("components in a contract", max: FlowLimits.componentsMax))
            }
            if try ComponentStore.isTaken(component, in: transaction) {
                throw FlowFault.component(.nameTaken)
            }
            try ComponentStore.insert(component, in: transaction)
        }
        return ComponentView(component: component, latestVersion: nil)
    }

    /// A page of the components that a contract may use, and how many there are.
    func components(
        for contract: ContractID, access: ComponentRow.Access?, limit: Int, offset: Int,
        by caller: Principal
    ) async throws -> (components: [ComponentView], total: Int) {
        let grant = try await self.authorizer.grant(
            caller, PublicOperation.listComponents.permission, on: .contract(contract),
            noun: "Contract")
        let filter = ComponentStore.Filter(
            contract: contract, tenant: grant.tenant, access: access)
        return try await self.database.read { transaction in
            let (components, total) = try ComponentStore.page(
                filter, limit: limit, offset: offset, in: transaction)
            return (try components.map { try Self.view(of: $0, in: transaction) }, total)
        }
    }

    func component(_ id: ComponentID, by caller: Principal) async throws -> ComponentView {
        let component = try await self.authorized(.getComponent, on: id, by: caller)
        return try await self.database.lookUp { try Self.view(of: component, in: $0) }
    }

    /// Changes a component; `check` may refuse what it has become.
    func editComponent(
        _ id: ComponentID, _ change: ComponentChange, by caller: Principal,
        check: @escaping @Sendable (ComponentRow) throws -> Void = { _ in }
    ) async throws -> ComponentView {
        _ = try await self.authorized(.editComponent, on: id, by: caller)
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            var component = try Self.existing(id, in: transaction)
            try self.gates.check(component.contract, allows: .newWork, in: transaction)
            try check(component)
            if let description = change.description { component.description = description }
            if let access = change.access {
                guard access == .tenant || component.access == .team else {
                    throw FlowFault.component(.accessIrreversible)
                }
                component.access = access
                if try ComponentStore.isTaken(component, in: transaction) {
                    throw FlowFault.component(.nameTaken)
                }
            }
            component.revision += 1
            component.updatedAt = now
            try ComponentStore.update(component, in: transaction)
            return try Self.view(of: component, in: transaction)
        }
    }

    /// Deletes a component that no flow uses, with its versions; `check` may refuse.
    func deleteComponent(
        _ id: ComponentID, by caller: Principal,
        check: @escaping @Sendable (ComponentRow) throws -> Void = { _ in }
    ) async throws {
        _ = try await self.authorized(.deleteComponent, on: id, by: caller)
        try await self.database.write { transaction in
            let component = try Self.existing(id, in: transaction)
            try self.gates.check(component.contract, allows: .deletingOwnThings, in: transaction)
            try check(component)
            let (flows, total) = try ComponentUseStore.flows(
                using: id, limit: FlowLimits.usersNamedMax, in: transaction)
            guard total == 0 else {
                throw FlowFault.component(.inUse("component", flows: flows, total: total))
            }
            let versions = try ComponentVersionStore.versions(
                of: id, limit: FlowLimits.componentVersionsMax, offset: 0, in: transaction)
            for version in versions {
                try ComponentVersionStore.delete(version.id, in: transaction)
            }
            try ComponentStore.delete(id, in: transaction)
        }
    }
}

extension FlowRuntimeService {
    /// The component, if the caller may do this with it.
    ///
    /// What the component is like must be looked at again in the transaction that acts.
    func authorized(
        _ operation: PublicOperation, on id: ComponentID, by caller: Principal
    ) async throws -> ComponentRow {
        let component = try await self.database.lookUp { try ComponentStore.find(id, in: $0) }
        guard let component, component.tenant == caller.tenant else {
            throw FlowFault.notFound("Component")
        }
        let isOpen = component.access == .tenant
        if isOpen, operation.access == .componentMembership { return component }
        do {
            _ = try await self.authorizer.grant(
                caller, operation.permission, on: .contract(component.contract),
                noun: "Component")
        } catch FlowFault.notFound where isOpen {
            // Whoever can see it is told the truth.
            throw FlowFault.forbidden("The component belongs to another contract.")
        }
        return component
    }

    static func existing(
        _ id: ComponentID, in transaction: any ReadTransaction
    ) throws -> ComponentRow {
        guard let component = try ComponentStore.find(id, in: transaction) else {
            throw FlowFault.notFound("Component")
        }
        return component
    }

    private static func view(
        of component: ComponentRow, in transaction: any ReadTransaction
    ) throws -> ComponentView {
        let latest = try ComponentVersionStore.version(nil, of: component.id, in: transaction)
        return ComponentView(component: component, latestVersion: latest?.number)
    }
}
