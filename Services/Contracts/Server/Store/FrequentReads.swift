import ContractsAPI
import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// What is asked for most: what a user is to a contract, a workspace or a team, and what a contract
/// looks like. Answered from what was read last while nothing was written since.
struct FrequentReads: Sendable {
    private let database: any Database
    private let matters = ReadCache<MatterKey, Matter>(entriesMax: ContractsLimits.keptMattersMax)
    private let views = ReadCache<ContractID, KeptView>(entriesMax: ContractsLimits.keptViewsMax)

    private let totals = ReadCache<TotalKey, Int>(entriesMax: ContractsLimits.keptTotalsMax)

    private struct TotalKey: Hashable {
        var tenant: TenantID
        var user: UserID?
    }

    private struct MatterKey: Hashable {
        var scope: Authorize.Scope
        var user: UserID
    }

    /// Reads a database.
    init(_ database: any Database) { self.database = database }

    /// What a user is to a contract, a workspace or a team; `nil` when there is none.
    func matter(_ scope: Authorize.Scope, of user: UserID) async throws -> Matter? {
        let version = self.database.version
        let key = MatterKey(scope: scope, user: user)
        if let known = self.matters.value(of: key, at: version) { return known }
        let found = try await self.database.lookUp { transaction in
            try Matter(scope, of: user, in: transaction)
        }
        if let found { self.matters.keep(found, of: key, readAt: version) }
        return found
    }

    /// A page of contracts with their members, and how many contracts there are.
    ///
    /// How many a user or a tenant has is kept: counting takes time in proportion to them.
    func page(
        _ filter: ContractFilter, _ page: Page
    ) async throws -> (views: [ContractView], total: Int) {
        let version = self.database.version
        let key =
            filter.isNarrowed ? nil : TotalKey(tenant: filter.tenant, user: filter.user)
        let known = key.flatMap { self.totals.value(of: $0, at: version) }
        let (views, total) = try await self.database.read { transaction in
            let rows = try ContractStore.page(filter, page, in: transaction)
            let views = try rows.map { row in
                ContractView(
                    contract: row,
                    members: try MemberStore.list(
                        of: row.id, max: ContractsLimits.linkageMax + 1, in: transaction),
                    invites: [])
            }
            return (views, try known ?? ContractStore.count(filter, in: transaction))
        }
        if let key, known == nil { self.totals.keep(total, of: key, readAt: version) }
        return (views, total)
    }

    /// A contract with its members and invites.
    ///
    /// - Parameter admit: throws unless whoever asks may see it; `nil` stands for no contract.
    func view(
        _ contract: ContractID, for user: UserID, at now: Int64,
        admit: @escaping @Sendable (Matter?) throws -> Matter
    ) async throws -> ContractView {
        let version = self.database.version
        let key = MatterKey(scope: .contract(contract), user: user)
        if let matter = self.matters.value(of: key, at: version),
            let kept = self.views.value(of: contract, at: version), kept.isTrue(at: now)
        {
            _ = try admit(matter)
            return kept.view
        }
        let (matter, view) = try await self.database.lookUp { transaction in
            let matter = try admit(Matter(.contract(contract), of: user, in: transaction))
            return (matter, try ContractView(matter.contract, at: now, in: transaction))
        }
        self.matters.keep(matter, of: key, readAt: version)
        if let kept = KeptView(view, readAt: now) {
            self.views.keep(kept, of: contract, readAt: version)
        }
        return view
    }
}

/// What somebody is to what is acted on.
final class Matter: Sendable {
    /// The contract acted on, or the one that what is acted on belongs to.
    let contract: ContractRow
    /// What the user is to it.
    let standing: AccessPolicy.Standing
    /// What the team is called, if it is about one.
    let team: String?

    private init(_ contract: ContractRow, _ standing: AccessPolicy.Standing, team: String? = nil) {
        self.contract = contract
        self.standing = standing
        self.team = team
    }

    /// Reads what a user is to something; `nil` when there is no such thing.
    convenience init?(
        _ scope: Authorize.Scope, of user: UserID, in transaction: any ReadTransaction
    ) throws {
        switch scope {
        case .contract(let id):
            guard let (contract, roles) = try ContractStore.find(id, for: user, in: transaction)
            else { return nil }
            self.init(
                contract, .init(tenant: contract.lifecycle.tenant, contractRoles: roles))
        case .workspace(let id):
            guard let found = try WorkspaceStore.standing(of: user, in: id, transaction) else {
                return nil
            }
            self.init(found.contract, found.access)
        case .team(let id):
            guard let team = try TeamStore.find(id, in: transaction),
                let (contract, roles) = try ContractStore.find(
                    team.contract, for: user, in: transaction)
            else { return nil }
            self.init(
                contract, .init(tenant: contract.lifecycle.tenant, contractRoles: roles),
                team: team.name)
        }
    }
}

/// A contract's view as it is kept.
private struct KeptView: Sendable {
    let view: ContractView
    /// When it was read, in milliseconds since 1970.
    private let readAt: Int64
    /// When the first of its invites expires.
    private let expiresAt: Int64

    /// Keeps a view; `nil` for one of more parts than are worth keeping.
    init?(_ view: ContractView, readAt now: Int64) {
        guard view.members.count + view.invites.count <= ContractsLimits.keptPartsMax else {
            return nil
        }
        self.view = view
        self.readAt = now
        self.expiresAt = view.invites.map(\.expiresAt).min() ?? .max
    }

    /// Whether the same invites can be accepted at another moment; a clock may be set back.
    func isTrue(at now: Int64) -> Bool { now >= self.readAt && now < self.expiresAt }
}
