import ContractsAPI
import ContractsDomain
import Identifiers
import JSONAPI
import RPC
import Storage

extension ContractsService {
    /// Says where roles are in use, and revokes the invites that name roles which are gone.
    func retireRoles(_ request: RetireRoles) async throws -> RetireRoles.Reply {
        guard request.roles.count <= RetireRoles.rolesMax else {
            throw RPCError(
                .invalidArgument, "at most \(RetireRoles.rolesMax) roles may be named in a request")
        }
        if request.isDone { self.roles.forget(request.tenant) }
        guard !request.roles.isEmpty else { return .init(uses: []) }
        let (held, available) = try await self.database.read { transaction in
            (
                try RoleUseStore.held(in: request.tenant, transaction),
                try RoleUseStore.available(in: request.tenant, transaction)
            )
        }
        let invites = try await self.invites(naming: request)
        return .init(
            uses: request.roles.map { name in
                let role = RoleReference(name)
                return RetireRoles.Use(
                    role: name, members: Self.count(role, in: held),
                    contracts: Self.count(role, in: available),
                    invites: invites.count { named in role.map { named.contains($0) } ?? false })
            })
    }

    private static func count(
        _ role: RoleReference?, in combinations: [RoleUseStore.Combination]
    ) -> Int {
        guard let role else { return 0 }
        return combinations.filter { $0.roles.contains(role) }.reduce(0) { $0 + $1.count }
    }

    /// What the pending invites name that name any of the roles; with `isDone` they are revoked.
    private func invites(naming request: RetireRoles) async throws -> [[RoleReference]] {
        let roles = Set(request.roles.compactMap { RoleReference($0) })
        let author = AuditEvent.Author.user(request.actor, requestID: request.requestID)
        var found: [[RoleReference]] = []
        var last: InviteID?
        while true {
            let after = last
            let page = try await self.database.read { transaction in
                try RoleUseStore.pending(
                    in: request.tenant, after: after, max: ContractsLimits.invitesRetiredAtOnce,
                    transaction)
            }
            guard let end = page.last else { return found }
            last = end.invite
            let named = page.filter { !roles.isDisjoint(with: $0.roles) }
            if request.isDone { try await self.revoke(named, by: author) }
            found += named.map(\.roles)
        }
    }

    private func revoke(
        _ invites: [RoleUseStore.Named], by author: AuditEvent.Author
    ) async throws {
        guard !invites.isEmpty else { return }
        try await self.database.write { transaction in
            for named in invites {
                guard
                    let row = try ContractStore.find(named.contract, in: transaction),
                    try InviteStore.delete(named.invite, of: named.contract, in: transaction)
                else { continue }
                try self.record(
                    "invite.revoke", of: row.lifecycle, by: author,
                    before: ["invite": .string(named.invite.text)], in: transaction)
            }
        }
    }
}

extension RoleReference {
    /// The role a peer names; `nil` when its scope means nothing here.
    fileprivate init?(_ name: RetireRoles.RoleName) {
        guard let scope = RoleScope(rawValue: name.scope) else { return nil }
        self.init(scope, name.name)
    }
}
