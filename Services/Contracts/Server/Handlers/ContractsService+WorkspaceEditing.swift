import CBOR
import ContractsDomain
import FlowRuntimeAPI
import Identifiers
import JSONAPI
import Storage

/// What of a workspace is to change.
struct WorkspaceChange: Sendable {
    /// The new name.
    var name: ContractName?
    /// What kind it is to be.
    var type: WorkspaceRow.Kind?
    /// Refuses the change when the workspace is no longer what the caller saw.
    var precondition: @Sendable (WorkspaceRow) throws -> Void = { _ in }
}

extension ContractsService {
    /// Changes a workspace's name and kind.
    func updateWorkspace(
        _ workspace: WorkspaceID, _ change: WorkspaceChange, by caller: Caller
    ) async throws -> WorkspaceView {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            let found = try caller.admit(.updateWorkspace, to: workspace, in: transaction)
            var row = found.workspace
            try change.precondition(row)
            var changed: [String] = []
            if let type = change.type, type != row.type {
                try caller.check(
                    caller.policy.decide(
                        caller.actor, found.access, permission: AccessPolicy.editWorkspaceType),
                    otherwise: .workspaceNotFound)
                row.type = type
                changed.append("type")
            }
            if let name = change.name, name.text != row.name {
                row.name = name.text
                changed.append("name")
            }
            if !changed.isEmpty {
                row.version += 1
                row.updatedAt = now
                try WorkspaceStore.update(row, in: transaction)
                try self.record(
                    "workspace.update", of: found.contract.lifecycle, by: caller.author,
                    after: [
                        "workspace": .string(workspace.text), "changed": .strings(changed),
                    ], in: transaction)
            }
            return try self.view(of: row, in: transaction)
        }
    }

    /// Deletes a workspace with the invites into it, and has the flow runtime stop and erase the
    /// flows it holds.
    ///
    /// The order to the flow runtime is part of the transaction, so that it gets there whatever
    /// crashes; from then on no flow can be made in the workspace.
    func deleteWorkspace(
        _ workspace: WorkspaceID, by caller: Caller,
        precondition: @escaping @Sendable (WorkspaceRow) throws -> Void = { _ in }
    ) async throws {
        try await self.database.write { transaction in
            let found = try caller.admit(.deleteWorkspace, to: workspace, in: transaction)
            try precondition(found.workspace)
            let contract = found.contract
            let invites = try InviteStore.closeWorkspace(workspace, in: transaction)
            let members = try WorkspaceMemberStore.deleteAll(of: workspace, in: transaction)
            try WorkspaceStore.delete(workspace, in: transaction)
            try self.record(
                "workspace.delete", of: contract.lifecycle, by: caller.author,
                before: [
                    "workspace": .string(workspace.text), "members": .integer(members),
                    "invites": .integer(invites.count),
                ], in: transaction)
            for invite in invites {
                try self.record(
                    "invite.revoke", of: contract.lifecycle, by: caller.author,
                    before: ["invite": .string(invite.text)], in: transaction)
            }
            let order = CloseWorkspace(contract: contract.id, workspace: workspace)
            try self.send(
                CBOREncoder().encode(order), .closeWorkspace, to: .flowRuntime,
                about: "workspace/\(workspace)", epoch: 0, in: transaction)
        }
    }
}
