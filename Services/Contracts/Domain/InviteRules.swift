package import Identifiers

/// How invitations live: one pending for an address in a contract, for a time, used once.
package enum InviteRules {
    /// How long an invite may be accepted.
    package static let validDays: Int64 = 7
    /// How long an invite is kept after it was used or has expired.
    package static let keptDays: Int64 = 30
    /// How long after an invite's e-mail left it is not sent again.
    package static let resendSecondsMin: Int64 = 60
    /// Milliseconds of a day.
    package static let dayMilliseconds: Int64 = 86_400_000
    /// Random bytes of a token.
    package static let tokenBytes = 32

    /// When an invite made now expires.
    package static func expiry(madeAt now: Int64) -> Int64 {
        now + self.validDays * self.dayMilliseconds
    }

    /// An address as it is compared: letter case does not matter.
    package static func key(ofEmail email: String) -> String { email.lowercased() }

    /// What is there when an address is invited.
    package struct Situation: Hashable, Sendable {
        /// Members of the contract.
        package var members: Int
        /// Pending invites of the contract that make an owner.
        package var pendingOwners: Int
        /// When the address's pending invite expires, if it has one.
        package var pendingUntil: Int64?
        /// Whether the address is that of a member.
        package var isMember: Bool

        /// Makes a situation.
        package init(members: Int, pendingOwners: Int, pendingUntil: Int64?, isMember: Bool) {
            self.members = members
            self.pendingOwners = pendingOwners
            self.pendingUntil = pendingUntil
            self.isMember = isMember
        }
    }

    /// Decides whether an address may be invited; an expired invite gives way to the new one.
    package static func invite(
        _ situation: Situation, roles: [String], at now: Int64
    ) throws(Refusal) {
        if situation.isMember { throw .alreadyMember }
        if let until = situation.pendingUntil, until > now { throw .alreadyInvited }
        if situation.members == 0, situation.pendingOwners == 0, !MembershipRules.isOwner(roles) {
            throw .firstMemberMustBeOwner
        }
    }

    /// Decides whether an invite's roles may change: a contract begins with its owner.
    package static func change(
        _ situation: Situation, from old: [String], to new: [String]
    ) throws(Refusal) {
        let isLastOwner = MembershipRules.isOwner(old) && situation.pendingOwners <= 1
        if situation.members == 0, isLastOwner, !MembershipRules.isOwner(new) {
            throw .firstMemberMustBeOwner
        }
    }

    /// Decides whether an invite's e-mail may be sent again.
    package static func resend(sentAt: Int64, at now: Int64) throws(Refusal) {
        let passed = (now - sentAt) / 1_000
        // A clock that was set back makes nobody wait for longer than the limit.
        if (0..<self.resendSecondsMin).contains(passed) {
            throw .resentTooSoon(seconds: self.resendSecondsMin - passed)
        }
    }

    /// An invite, as accepting it looks at it.
    package struct Invite: Hashable, Sendable {
        /// Until when it may be accepted, in milliseconds since 1970.
        package var expiresAt: Int64
        /// Who has accepted it.
        package var acceptedBy: UserID?

        /// Makes a value.
        package init(expiresAt: Int64, acceptedBy: UserID?) {
            self.expiresAt = expiresAt
            self.acceptedBy = acceptedBy
        }
    }

    /// What accepting an invite comes to.
    package enum Acceptance: Hashable, Sendable {
        /// The user becomes a member.
        case join
        /// The same user has accepted it before: say so again.
        case alreadyJoined
    }

    /// Decides on accepting an invite as the user it is for.
    package static func accept(
        _ invite: Invite, by user: UserID, at now: Int64
    ) throws(Refusal) -> Acceptance {
        if let acceptedBy = invite.acceptedBy {
            if acceptedBy == user { return .alreadyJoined }
            throw .inviteNotFound
        }
        if invite.expiresAt <= now { throw .inviteNotFound }
        return .join
    }
}
