/// What the platform's own systems are told of; the raw value stands in messages.
package enum WebhookEvent: String, CaseIterable, Hashable, Sendable {
    case contractCreated = "contract.created"
    case contractUpdated = "contract.updated"
    case contractSuspending = "contract.suspending"
    case contractSuspended = "contract.suspended"
    case contractUnsuspended = "contract.unsuspended"
    case contractDeleting = "contract.deleting"
    case contractDeleted = "contract.deleted"
    case memberAdded = "member.added"
    case memberUpdated = "member.updated"
    case memberRemoved = "member.removed"
    case inviteCreated = "invite.created"
    case inviteUpdated = "invite.updated"
    case inviteResent = "invite.resent"
    case inviteAccepted = "invite.accepted"
    case inviteRevoked = "invite.revoked"

    /// What an action of the audit trail is told as; `nil` for one that is nobody else's business.
    package init?(action: String) {
        switch action {
        case "contract.create": self = .contractCreated
        case "contract.update": self = .contractUpdated
        case "contract.suspend": self = .contractSuspending
        case "contract.suspended": self = .contractSuspended
        case "contract.unsuspend": self = .contractUnsuspended
        case "contract.deletion.begun": self = .contractDeleting
        case "contract.deleted": self = .contractDeleted
        case "member.add": self = .memberAdded
        case "member.update": self = .memberUpdated
        case "member.remove": self = .memberRemoved
        case "invite.create": self = .inviteCreated
        case "invite.update": self = .inviteUpdated
        case "invite.resend": self = .inviteResent
        case "invite.accept": self = .inviteAccepted
        case "invite.revoke": self = .inviteRevoked
        default: return nil
        }
    }
}
