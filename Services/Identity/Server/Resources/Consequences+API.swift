import Identifiers
import IdentityDomain
import JSONAPI

extension StayingMembership {
    /// What the public API says of a membership that keeps a user, one of so many.
    func apiError(total: Int) -> APIError {
        let (code, detail) =
            switch self.reason {
            case .lastOwner:
                ("last_owner", "You can not remove the last owner in the contract.")
            case .suspended:
                ("contract_suspended", "A contract the user is a member of is suspended.")
            case .deleting:
                ("contract_deleting", "A contract the user is a member of is being deleted.")
            }
        return .conflict(
            code, detail,
            meta: ["contract_id": .string(self.contract.text), "total": .integer(total)])
    }
}

extension RoleUse {
    /// What the public API says of a role that cannot be removed.
    var apiError: APIError {
        .conflict(
            "role_in_use",
            "The role \(self.name) in scope \(self.scope) cannot be removed: it is in use.",
            pointer: "/data/attributes/roles",
            meta: [
                "scope": .string(self.scope), "role": .string(self.name),
                "members": .integer(self.members), "contracts": .integer(self.contracts),
            ])
    }
}
