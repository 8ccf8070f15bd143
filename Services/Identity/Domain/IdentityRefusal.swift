package import Identifiers

/// Why identity does not do what it was asked; nothing has changed then.
package enum IdentityRefusal: Error, Hashable, Sendable {
    /// What a user should be like is wrong in these parts.
    case invalidUser([UserFault])
    /// These members of the request are wrong.
    case invalid([MemberFault])
    /// The address belongs to somebody already.
    case emailTaken
    /// There is no such user, or the caller may not know of it.
    case unknownUser
    /// There is no such tenant, or the caller may not know of it.
    case unknownTenant
    /// The tenant has so many contracts and cannot be deleted.
    case tenantHasContracts(Int)
    /// The tenant operates the platform and cannot be deleted.
    case operatingTenant
    /// What was given as the current password is not it, or the account takes none at the moment.
    case wrongPassword
    /// The caller has no such session.
    case unknownSession
    /// The caller has no such SSH key.
    case unknownSSHKey
    /// The caller has this SSH key already.
    case sshKeyTaken
    /// The caller has as many SSH keys as a user may have.
    case tooManySSHKeys(max: Int)
    /// The caller is known and may not.
    case forbidden
    /// These users administer their tenant and are not released with a contract.
    case protectedUsers([UserID])
    /// These memberships keep the user from being deleted; they are so many in all.
    case membershipsStay([StayingMembership], total: Int)
    /// These roles are in use and cannot be removed.
    case rolesInUse([RoleUse])
    /// More was named in one request than may be.
    case tooMany(max: Int)
    /// Too many passwords wait to be compared; repeat after a short wait.
    case busy
    /// Another change came in between time after time; repeat from reading.
    case overtaken
}
