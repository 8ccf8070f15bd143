import ContractsDomain
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import JSONAPI
import RPC
import Storage

/// A developer team and who is in it.
struct TeamView: Sendable {
    /// The team.
    var team: TeamRow
    /// The users, and one more than a document names when there are too many.
    var users: [UserID]
}

extension ContractsService {
    /// Makes a developer team; whoever makes it is in it, if a member of the contract.
    func createTeam(
        _ name: ContractName, in named: ContractID?, by caller: Caller
    ) async throws -> TeamView {
        let now = self.clock.nowMilliseconds
        let id: TeamID = self.newID()
        let user = caller.actor.user
        return try await self.database.write { transaction in
            let contract = try named ?? self.onlyContract(of: caller, in: transaction)
            let row = try caller.admit(.createTeam, to: contract, in: transaction)
            let team = TeamRow(id: id, contract: contract, name: name.text, createdAt: now)
            try self.checkName(of: team, in: transaction)
            try TeamStore.insert(
                team, of: row.lifecycle.tenant, by: user, in: transaction)
            if try MemberStore.roles(of: user, in: contract, transaction) != nil {
                try TeamMemberStore.insert(
                    user, into: id, of: contract, at: now, in: transaction)
            }
            try self.record(
                "team.create", of: row.lifecycle, by: caller.author,
                after: ["team": .string(id.text)], in: transaction)
            return try self.view(of: team, in: transaction)
        }
    }

    private func checkName(
        of team: TeamRow, in transaction: any ReadTransaction
    ) throws {
        let isTaken = try TeamStore.isTaken(
            team.name, in: team.contract, except: team.id, transaction)
        if isTaken { throw Refusal.teamNameTaken }
    }

    /// A page of developer teams with their number.
    ///
    /// Of a contract all of them; otherwise those the caller is in, or all of the tenant for a
    /// Tenant Admin.
    func listTeams(
        of contract: ContractID?, _ page: Page, _ order: ListOrder = ListOrder(),
        for caller: Caller
    ) async throws -> (views: [TeamView], total: Int) {
        let actor = caller.actor
        return try await self.database.read { transaction in
            if let contract {
                _ = try caller.admit(.listTeams, to: contract, in: transaction)
            }
            let seesAll = contract != nil || actor.isTenantAdmin
            let (teams, total) = try TeamStore.page(
                .init(
                    user: seesAll ? nil : actor.user, contract: contract, tenant: actor.tenant,
                    order: order),
                page, in: transaction)
            return (try teams.map { try self.view(of: $0, in: transaction) }, total)
        }
    }

    /// A developer team.
    func team(_ team: TeamID, for caller: Caller) async throws -> TeamView {
        try await self.database.lookUp { transaction in
            try self.view(
                of: caller.admit(.getTeam, to: team, in: transaction).team, in: transaction)
        }
    }

    /// Renames a developer team.
    func renameTeam(
        _ team: TeamID, _ name: ContractName, by caller: Caller,
        precondition: @escaping @Sendable (TeamRow) throws -> Void = { _ in }
    ) async throws -> TeamView {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            var (row, contract) = try caller.admit(.updateTeam, to: team, in: transaction)
            try precondition(row)
            if name.text != row.name {
                row.name = name.text
                row.version += 1
                row.updatedAt = now
                try self.checkName(of: row, in: transaction)
                try TeamStore.update(row, in: transaction)
                try self.record(
                    "team.update", of: contract.lifecycle, by: caller.author,
                    after: ["team": .string(team.text), "changed": ["name"]], in: transaction)
            }
            return try self.view(of: row, in: transaction)
        }
    }

    /// Deletes a developer team that has no components.
    ///
    /// The flow runtime lets none be made in it from when it has said so, whatever becomes of the
    /// deletion; asking again completes one that broke off.
    func deleteTeam(
        _ team: TeamID, by caller: Caller,
        precondition: @escaping @Sendable (TeamRow) throws -> Void = { _ in }
    ) async throws {
        let contract = try await self.database.lookUp { transaction in
            let (row, contract) = try caller.admit(.deleteTeam, to: team, in: transaction)
            try precondition(row)
            return contract.id
        }
        let reply = try await self.peers.flowRuntime.send(
            CloseTeam(contract: contract, team: team))
        if case .inUse(let components, let total) = reply {
            throw Refusal.teamHasComponents(components, total: total)
        }
        try await self.database.write { transaction in
            let (row, contract) = try caller.admit(.deleteTeam, to: team, in: transaction)
            try precondition(row)
            let users = try TeamMemberStore.deleteAll(of: team, in: transaction)
            try TeamStore.delete(team, in: transaction)
            try self.record(
                "team.delete", of: contract.lifecycle, by: caller.author,
                before: ["team": .string(team.text), "members": .integer(users)],
                in: transaction)
        }
    }

    func view(
        of team: TeamRow, in transaction: any ReadTransaction
    ) throws -> TeamView {
        TeamView(
            team: team,
            users: try TeamMemberStore.list(
                of: team.id, max: ContractsLimits.linkageMax + 1, in: transaction))
    }
}

extension ContractsService {
    /// The users in a team with what identity knows of them, and how many there are.
    func listTeamMembers(
        of team: TeamID, _ page: Page, for caller: Caller
    ) async throws -> (users: [TeamMember], total: Int) {
        let (users, total) = try await self.database.lookUp { transaction in
            _ = try caller.admit(.listTeamMembers, to: team, in: transaction)
            return (
                try TeamMemberStore.list(
                    of: team, offset: page.offset, max: page.size, in: transaction),
                try TeamMemberStore.count(of: team, in: transaction)
            )
        }
        let people = try await self.people(users)
        return (users.map { TeamMember(user: $0, person: people[$0]) }, total)
    }

    /// Brings a member of the contract into a team.
    func addTeamMember(
        _ user: UserID, to team: TeamID, by caller: Caller
    ) async throws -> TeamView {
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            let (row, contract) = try caller.admit(.addTeamMember, to: team, in: transaction)
            try MembershipRules.joinPart(
                isContractMember: MemberStore.roles(of: user, in: contract.id, transaction)
                    != nil,
                isMember: TeamMemberStore.isMember(user, of: team, in: transaction))
            try TeamMemberStore.insert(
                user, into: team, of: contract.id, at: now, in: transaction)
            try self.record(
                "team.member.add", of: contract.lifecycle, by: caller.author, subject: user,
                after: ["team": .string(team.text)], in: transaction)
            return try self.view(of: row, in: transaction)
        }
    }

    /// Takes a user out of a team.
    func removeTeamMember(
        _ user: UserID, from team: TeamID, by caller: Caller
    ) async throws {
        try await self.database.write { transaction in
            let (_, contract) = try caller.admit(.removeTeamMember, to: team, in: transaction)
            guard try TeamMemberStore.delete(user, from: team, in: transaction) else {
                throw Refusal.memberNotFound
            }
            try self.record(
                "team.member.remove", of: contract.lifecycle, by: caller.author, subject: user,
                before: ["team": .string(team.text)], in: transaction)
        }
    }
}

/// A user in a team and what identity knows of the person.
struct TeamMember: Sendable {
    /// The user.
    var user: UserID
    /// What others may know of the user; `nil` when identity knows nobody of that id any more.
    var person: UserSummary?
}
