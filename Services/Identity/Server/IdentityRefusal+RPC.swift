import Identifiers
import IdentityAPI
import IdentityDomain
package import RPC

extension IdentityRefusal: RPCErrorConvertible {
    /// The refusal as a peer sees it; values that were given are left out.
    package var rpcError: RPCError {
        switch self {
        case .invalidUser(let faults):
            let told = faults.map { "\($0.field.rawValue) \($0.reason)" }
            return RPCError(.invalidArgument, told.joined(separator: " "))
        case .invalid(let faults):
            let told = faults.map { "\($0.pointer) \($0.reason)" }
            return RPCError(.invalidArgument, told.joined(separator: " "))
        case .emailTaken:
            return RPCError(.alreadyExists, "the e-mail address belongs to somebody already")
        case .unknownUser: return RPCError(.notFound, "there is no such user")
        case .unknownTenant: return RPCError(.notFound, "there is no such tenant")
        case .tenantHasContracts(let count):
            return RPCError(.failedPrecondition, "the tenant has \(count) contracts")
        case .operatingTenant:
            return RPCError(.failedPrecondition, "the tenant operates the platform")
        case .wrongPassword: return RPCError(.permissionDenied, "the password is wrong")
        case .unknownSession: return RPCError(.notFound, "there is no such session")
        case .unknownSSHKey: return RPCError(.notFound, "there is no such SSH key")
        case .sshKeyTaken: return RPCError(.alreadyExists, "the user has this SSH key already")
        case .tooManySSHKeys(let max):
            return RPCError(.failedPrecondition, "a user has at most \(max) SSH keys")
        case .forbidden: return RPCError(.permissionDenied, "the user may not")
        case .protectedUsers(let users):
            let ids = users.map(\.text).joined(separator: ", ")
            return RPCError(
                .failedPrecondition, "Tenant Admins are not released with a contract: \(ids)")
        case .membershipsStay(_, let total):
            return RPCError(.failedPrecondition, "\(total) memberships cannot be taken away")
        case .rolesInUse(let uses):
            let names = uses.map { "\($0.scope)/\($0.name)" }
            return RPCError(
                .failedPrecondition, "roles are in use: \(names.joined(separator: ", "))")
        case .tooMany(let max):
            return RPCError(.invalidArgument, "at most \(max) users may be named in a request")
        case .busy:
            return RPCError(
                .resourceExhausted, "too many passwords wait to be compared",
                retryPushbackMilliseconds: IdentityLimits.busyPushbackMilliseconds)
        case .overtaken:
            return RPCError(.aborted, "other changes came in between; try again")
        }
    }
}
