import ContractParticipant
import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import PublicHTTP
import Storage

/// A component version as somebody wants to make it.
struct NewComponentVersion: Sendable {
    /// `component.json`.
    var descriptor: JSON
    var bundle: BundleDraft
}

/// A version and, when one is shown alone, its files.
struct ComponentVersionView: Sendable {
    var version: ComponentVersionRow
    var files: [BundleFile]?
}

extension FlowRuntimeService {
    /// Adds a version to a component.
    func createComponentVersion(
        _ new: NewComponentVersion, of id: ComponentID, by caller: Principal
    ) async throws -> ComponentVersionView {
        _ = try await self.authorized(.createComponentVersion, on: id, by: caller)
        let faults = new.bundle.faults
        if !faults.isEmpty { throw FlowFault.bundle(faults) }
        let now = self.clock.nowMilliseconds
        let files = new.bundle.readFiles
        return try await self.database.write { transaction in
            var component = try Self.existing(id, in: transaction)
            try self.gates.check(component.contract, allows: .newWork, in: transaction)
            let count = try ComponentVersionStore.count(of: id, in: transaction)
            guard count < FlowLimits.componentVersionsMax else {
                throw FlowFault.component(
                    .tooMany("versions of a component", max: FlowLimits.componentVersionsMax))
            }
            component.lastVersion += 1
            let version = ComponentVersionRow(
                id: ComponentVersionID(secondsSince1970: now / 1_000), component: id,
                contract: component.contract, user: caller.user, number: component.lastVersion,
                descriptor: new.descriptor.text, files: files.count,
                bytes: files.reduce(0) { $0 + $1.content.count }, createdAt: now)
            try ComponentStore.update(component, in: transaction)
            try ComponentVersionStore.insert(version, files: files, in: transaction)
            return ComponentVersionView(version: version, files: files)
        }
    }

    /// A page of a component's versions, the newest first, and how many there are.
    func componentVersions(
        of id: ComponentID, limit: Int, offset: Int, by caller: Principal
    ) async throws -> (versions: [ComponentVersionView], total: Int) {
        _ = try await self.authorized(.listComponentVersions, on: id, by: caller)
        return try await self.database.read { transaction in
            let versions = try ComponentVersionStore.versions(
                of: id, limit: limit, offset: offset, in: transaction)
            let total = try ComponentVersionStore.count(of: id, in: transaction)
            return (versions.map { ComponentVersionView(version: $0) }, total)
        }
    }

    func componentVersion(
        _ id: ComponentVersionID, of component: ComponentID, by caller: Principal
    ) async throws -> ComponentVersionView {
        _ = try await self.authorized(.getComponentVersion, on: component, by: caller)
        return try await self.database.lookUp { transaction in
            ComponentVersionView(
                version: try Self.existing(id, of: component, in: transaction),
                files: try ComponentVersionStore.files(of: id, in: transaction))
        }
    }

    /// Deletes a version that no flow uses.
    func deleteComponentVersion(
        _ id: ComponentVersionID, of component: ComponentID, by caller: Principal
    ) async throws {
        _ = try await self.authorized(.deleteComponentVersion, on: component, by: caller)
        try await self.database.write { transaction in
            let version = try Self.existing(id, of: component, in: transaction)
            try self.gates.check(version.contract, allows: .deletingOwnThings, in: transaction)
            let (flows, total) = try ComponentUseStore.flows(
                using: component, version: id, limit: FlowLimits.usersNamedMax, in: transaction)
            guard total == 0 else {
                throw FlowFault.component(.inUse("version", flows: flows, total: total))
            }
            try ComponentVersionStore.delete(id, in: transaction)
        }
    }

    private static func existing(
        _ id: ComponentVersionID, of component: ComponentID, in transaction: any ReadTransaction
    ) throws -> ComponentVersionRow {
        let version = try ComponentVersionStore.find(id, in: transaction)
        guard let version, version.component == component else {
            throw FlowFault.notFound("Version")
        }
        return version
    }
}
