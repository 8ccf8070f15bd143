/// The bounds the contracts service keeps.
package struct ContractsLimits: Hashable, Sendable {
    /// How long the participants of a deletion are asked before it is given up.
    package var prepareSecondsMax = 15
    /// How long a suspension waits for the flow runtime before it is answered all the same.
    package var fenceMillisecondsMax = 2_000
    /// How long a tenant's role catalogue is not asked for again.
    package var catalogueMillisecondsMax: Int64 = 10_000
    /// How long a deletion may be on its way before the resolver takes it on.
    package var unresolvedMillisecondsMax: Int64 = 30_000
    /// How often the resolver looks.
    package var resolverSeconds = 5
    /// How long a webhook is tried before it is given up.
    package var webhookMillisecondsMax: Int64 = 86_400_000
    /// How long the log of webhooks goes back.
    package var webhookLogMilliseconds: Int64 = 30 * 86_400_000

    /// Answers to who is what to a contract, a workspace or a team that are kept.
    package static let keptMattersMax = 20_000
    /// Numbers of contracts of users and tenants that are kept.
    package static let keptTotalsMax = 2_000
    /// Contracts that are kept with their members and invites.
    package static let keptViewsMax = 2_000
    /// Members and invites of a contract that is kept.
    package static let keptPartsMax = 100
    /// Webhook endpoints of a tenant.
    package static let webhooksMax = 20
    /// Webhooks forgotten at once.
    package static let forgottenDeliveriesMax = 500
    /// Members whose linkage a contract shows; of a larger contract only the link is told.
    package static let linkageMax = 1_000
    /// Members or invites in a list that was not asked for in pages.
    package static let unpagedMax = 1_000
    /// Roles in one request.
    package static let rolesMax = 50
    /// Users whom a deletion's plan names; of more only the number is told.
    package static let plannedUsersMax = 1_000
    /// Characters of a reason.
    package static let reasonCharactersMax = 500
    /// Members who are told what happens to their contract.
    package static let noticesMax = 1_000
    /// Characters of an e-mail template's subject.
    package static let subjectCharactersMax = 200
    /// Characters of an e-mail template's text, and of its HTML.
    package static let templateCharactersMax = 20_000
    /// Invites forgotten at once.
    package static let forgottenInvitesMax = 500
    /// Entries of an audit trail that are read at once while it is exported.
    package static let exportedAtOnceMax = 500
    /// Seals of an audit trail that are made unreadable in one transaction.
    package static let erasedSealsMax = 500
    /// Unfinished deletions the resolver takes on at once.
    package static let resolvedAtOnceMax = 100
    /// The longest wait between two attempts to have a deletion prepared.
    package static let prepareWaitMillisecondsMax = 1_000

    /// Memberships of a user looked at in one read.
    package static let membershipsPerRead = 500
    /// Pending invites looked at, and revoked, at once when roles are retired.
    package static let invitesRetiredAtOnce = 500

    /// The default bounds.
    package init() {}
}
