import CBOR
import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import RPC
import Storage

/// A member and what identity knows of the person.
struct MemberView: Sendable {
    /// The user.
    var user: UserID
    /// The roles held.
    var roles: [String]
    /// What others may know of the user; `nil` when identity knows nobody of that id any more.
    var person: UserSummary?
}

extension ContractsService {
    /// Members of a contract, and how many there are.
    ///
    /// Without a page it is everybody, up to a bound.
    func listMembers(
        of contract: ContractID, _ page: Page?, for caller: Caller
    ) async throws -> (members: [MemberView], total: Int) {
        let max = page?.size ?? ContractsLimits.unpagedMax
        let (members, total) = try await self.database.read { transaction in
            _ = try caller.admit(.listMembers, to: contract, in: transaction)
            return (
                try MemberStore.list(
                    of: contract, offset: page?.offset ?? 0, max: max, in: transaction),
                try MemberStore.count(of: contract, in: transaction)
            )
        }
        return (try await self.views(of: members), total)
    }

    /// Members with what identity knows of them.
    func views(of members: [MemberStore.Member]) async throws -> [MemberView] {
        let people = try await self.people(members.map(\.user))
        return members.map { MemberView(user: $0.user, roles: $0.roles, person: people[$0.user]) }
    }

    /// What identity knows of users, by user.
    func people(_ users: [UserID]) async throws -> [UserID: UserSummary] {
        guard !users.isEmpty else { return [:] }
        let reply = try await self.peers.identity.send(GetUsers(users: users))
        return Dictionary(reply.users.map { ($0.user, $0) }, uniquingKeysWith: { $1 })
    }

    /// What identity knows of a user.
    func person(_ user: UserID) async throws -> UserSummary? {
        try await self.persons.person(user)
    }

    /// Makes a user of the tenant a member, at once and without an e-mail.
    func addMember(
        _ user: UserID, to contract: ContractID, roles asked: [String], by caller: Caller
    ) async throws -> MemberView {
        let person = try await self.person(user)
        let now = self.clock.nowMilliseconds
        let roles = try await self.database.write { transaction in
            let row = try caller.admit(.addMember, to: contract, in: transaction)
            guard let person, person.tenant == row.lifecycle.tenant else {
                throw Refusal.userNotFound
            }
            try MembershipRules.checkOwner(
                asked: asked, isPerson: person.isServiceAccount != true)
            let roles = try self.grant(asked, in: .contracts, of: row, caller.catalogue)
            try self.join(user, row, roles, at: now, by: caller.author, in: transaction)
            return roles
        }
        return MemberView(user: user, roles: roles, person: person)
    }

    /// The roles asked for, if they may be given in a contract.
    func grant(
        _ asked: [String], in scope: RoleScope, of contract: ContractRow,
        _ catalogue: RoleCatalogue
    ) throws(Refusal) -> [String] {
        let selection = RoleSelection(
            catalogue: catalogue, available: contract.availableRoles)
        do {
            return try selection.granted(asked, in: scope).get()
        } catch {
            throw .roles(scope, error)
        }
    }

    /// Makes a user a member, if the rules allow it.
    func join(
        _ user: UserID, _ contract: ContractRow, _ roles: [String], at now: Int64,
        by author: AuditEvent.Author, in transaction: any WriteTransaction
    ) throws {
        try MembershipRules.join(
            MemberStore.joining(user, contract.id, transaction), roles: roles)
        try MemberStore.insert(
            .init(user: user, roles: roles), into: contract.id, at: now, in: transaction)
        try self.record(
            "member.add", of: contract.lifecycle, by: author, subject: user,
            after: ["roles": .strings(roles)], in: transaction)
    }

    /// Changes a member's roles.
    func updateMember(
        _ user: UserID, of contract: ContractID, roles asked: [String], by caller: Caller
    ) async throws -> [String] {
        // Only of an owner-to-be it matters who it is.
        let mayOwn = MembershipRules.isOwner(asked.map { $0.lowercased() })
        let person = mayOwn ? try await self.person(user) : nil
        return try await self.database.write { transaction in
            let row = try caller.admit(.updateMember, to: contract, in: transaction)
            let old = try MemberStore.roles(of: user, in: contract, transaction)
            guard let old else { throw Refusal.memberNotFound }
            try MembershipRules.checkOwner(
                asked: asked, isPerson: person?.isServiceAccount != true)
            let roles = try self.grant(asked, in: .contracts, of: row, caller.catalogue)
            try MembershipRules.change(
                MemberStore.census(of: contract, in: transaction), from: old, to: roles)
            guard roles != old else { return roles }
            try MemberStore.update(
                .init(user: user, roles: roles), of: contract, in: transaction)
            try self.record(
                "member.update", of: row.lifecycle, by: caller.author, subject: user,
                before: ["roles": .strings(old)], after: ["roles": .strings(roles)],
                in: transaction)
            return roles
        }
    }

    /// Takes a member out of a contract, its workspaces and its teams.
    ///
    /// Whoever removes a member takes their place in teams, and owns the workspaces that only they
    /// owned; where that is no member, an owner of the contract does.
    /// A user who has no other contract leaves the platform: the mark and the order to identity are
    /// part of the same transaction.
    func removeMember(
        _ user: UserID, of contract: ContractID, by caller: Caller
    ) async throws {
        let now = self.clock.nowMilliseconds
        let release = UserRelease(operation: self.newID(), user: user)
        // Before the transaction: afterwards the account may be gone, and the address with it.
        let isMember = try await self.database.read { transaction in
            _ = try caller.admit(.removeMember, to: contract, in: transaction)
            return try MemberStore.roles(of: user, in: contract, transaction) != nil
        }
        let addresses = isMember ? await self.addresses(of: [user]) : []
        try await self.database.write { transaction in
            let row = try caller.admit(.removeMember, to: contract, in: transaction)
            guard let roles = try MemberStore.roles(of: user, in: contract, transaction) else {
                throw Refusal.memberNotFound
            }
            try MembershipRules.leave(
                MemberStore.census(of: contract, in: transaction), roles: roles)
            let inherited = try self.handOver(
                from: user, of: contract, remover: caller.actor.user, at: now, transaction)
            try MemberStore.delete(user, from: contract, in: transaction)
            let isForgotten = try UserRemovalStore.markIfForgotten(
                user, release.operation, at: now, in: transaction)
            var after = inherited
            after["leaves_platform"] = .bool(isForgotten)
            try self.record(
                "member.remove", of: row.lifecycle, by: caller.author, subject: user,
                before: ["roles": .strings(roles)], after: .object(after), in: transaction)
            try self.mail(
                .removed, about: row, to: addresses.map { .address($0) }, in: transaction)
            guard isForgotten else { return }
            try self.send(
                CBOREncoder().encode(release), .releaseUser, to: .identity,
                about: "release/\(user)", epoch: 0, in: transaction)
        }
    }
}
