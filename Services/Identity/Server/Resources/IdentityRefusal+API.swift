import IdentityDomain
import JSONAPI

extension IdentityRefusal {
    /// The refusal as the public API tells it.
    var apiErrors: [APIError] {
        switch self {
        case .invalidUser(let faults):
            faults.map { .invalid("/data/attributes/\($0.field.rawValue)", $0.reason) }
        case .invalid(let faults): faults.map { .invalid($0.pointer, $0.reason) }
        case .emailTaken:
            [
                .conflict(
                    "email_taken", "A user with the given email already exists.",
                    pointer: "/data/attributes/email")
            ]
        case .unknownUser: [.notFound("User is not found")]
        case .unknownTenant: [.notFound("Tenant is not found")]
        case .tenantHasContracts(let count):
            [
                .conflict(
                    "tenant_has_contracts",
                    "The tenant cannot be deleted while a contract of it exists.",
                    meta: ["contracts": .integer(count)])
            ]
        case .operatingTenant:
            [
                .conflict(
                    "operating_tenant", "The tenant that operates the platform cannot be deleted.")
            ]
        case .wrongPassword:
            [
                APIError(
                    403, "wrong_password", "The current password is wrong.",
                    source: .pointer("/data/attributes/current_password"))
            ]
        case .unknownSession: [.notFound("Session is not found")]
        case .unknownSSHKey: [.notFound("SSH key is not found")]
        case .sshKeyTaken:
            [
                .conflict(
                    "key_taken", "You have this key already.", pointer: "/data/attributes/key")
            ]
        case .tooManySSHKeys(let max):
            [.conflict("too_many_keys", "You may have at most \(max) SSH keys.")]
        case .forbidden: [.forbidden()]
        case .protectedUsers:
            [.conflict("protected_user", "A Tenant Admin cannot be deleted.")]
        case .membershipsStay(let memberships, let total):
            memberships.map { $0.apiError(total: total) }
        case .rolesInUse(let uses): uses.map(\.apiError)
        case .tooMany(let max):
            [APIError(400, "too_many", "At most \(max) users may be named in a request.")]
        case .busy:
            [
                APIError(
                    503, "busy", "Too many passwords wait to be compared.", retryAfterSeconds: 1)
            ]
        case .overtaken:
            [.conflict("overtaken", "Other changes came in between; try again.")]
        }
    }

    /// Runs a public handler's body; what identity refuses leaves it as the public API tells it.
    static func told<Result>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as IdentityRefusal {
            guard let errors = APIErrors(refusal.apiErrors) else { throw refusal }
            throw errors
        }
    }
}
