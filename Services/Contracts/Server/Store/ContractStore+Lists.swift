import ContractLifecycle
import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// Which contracts a list shows, and in which order.
struct ContractFilter: Sendable {
    /// Whose: those a user is a member of; `nil` for all of the tenant.
    var user: UserID?
    /// The tenant, when no user is named.
    var tenant: TenantID
    /// Only those of this name.
    var name: String?
    /// Only those in one of these states; empty for all.
    var states: [ContractState] = []
    /// The order.
    var order = ListOrder()

    /// The states that the public calls by one word.
    static func states(calledPublicly word: String) -> [ContractState] {
        ContractState.allCases.filter { $0.publicStatus == word }
    }

    /// Whether it shows only some of the contracts of a user or a tenant.
    var isNarrowed: Bool { self.name != nil || !self.states.isEmpty }

    /// The rest of a statement after its columns, with its arguments.
    private var sql: (text: String, arguments: [any SQLConvertible]) {
        var text: String
        var arguments: [any SQLConvertible]
        if let user = self.user {
            text = """
                FROM contract_member JOIN contract ON contract.id = contract_member.contract_id
                WHERE contract_member.user_id = ?
                """
            arguments = [user]
        } else {
            text = "FROM contract WHERE contract.tenant_id = ?"
            arguments = [self.tenant]
        }
        if let name = self.name {
            text += " AND contract.name = ?"
            arguments.append(name)
        }
        if !self.states.isEmpty {
            let holes = self.states.map { _ in "?" }.joined(separator: ", ")
            text += " AND contract.state IN (\(holes))"
            arguments += self.states.map { $0.rawValue as any SQLConvertible }
        }
        return (text, arguments)
    }

    /// The statement of a page.
    fileprivate func page(_ page: Page) -> (text: String, arguments: [any SQLConvertible]) {
        let (text, arguments) = self.sql
        let id = self.user == nil ? "contract.id" : "contract_member.contract_id"
        let order = self.order.sql(name: "contract.name", id: id)
        return (
            "SELECT \(ContractRow.columns) \(text) ORDER BY \(order) LIMIT ? OFFSET ?",
            arguments + [page.size, page.offset]
        )
    }

    /// The statement that counts.
    fileprivate var counting: (text: String, arguments: [any SQLConvertible]) {
        if let user = self.user, !self.isNarrowed {
            return ("SELECT COUNT(*) AS found FROM contract_member WHERE user_id = ?", [user])
        }
        let (text, arguments) = self.sql
        return ("SELECT COUNT(*) AS found \(text)", arguments)
    }
}

extension ContractStore {
    /// A page of contracts.
    static func page(
        _ filter: ContractFilter, _ page: Page, in transaction: any ReadTransaction
    ) throws(StorageError) -> [ContractRow] {
        let (text, arguments) = filter.page(page)
        var contracts: [ContractRow] = []
        for row in try transaction.rows(text, arguments) {
            contracts.append(try ContractRow(row))
        }
        return contracts
    }

    /// How many contracts a filter shows.
    static func count(
        _ filter: ContractFilter, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        let (counting, counted) = filter.counting
        return try transaction.row(counting, counted)?.int("found") ?? 0
    }

    /// How many contracts a tenant has, whatever their state.
    static func count(
        of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Int {
        let row = try transaction.row(
            "SELECT COUNT(*) AS found FROM contract WHERE tenant_id = ?", [tenant])
        return try row?.int("found") ?? 0
    }
}
