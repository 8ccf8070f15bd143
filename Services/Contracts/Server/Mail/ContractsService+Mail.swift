import CBOR
import ContractsDomain
import Identifiers
import IdentityAPI
import Storage

/// An e-mail that is to be sent, as it waits in the outbox.
struct MailOrder: Codable, Hashable {
    /// What makes the Message-ID.
    var id: String
    /// The address, when it is known.
    var address: String?
    /// The user whose address identity knows, otherwise.
    var user: UserID?
    var subject: String
    var text: String
    /// When it was ordered, in milliseconds since 1970.
    var orderedAt: Int64

    enum CodingKeys: Int, CodingKey {
        case id = 1
        case address = 2
        case user = 3
        case subject = 4
        case text = 5
        case orderedAt = 6
    }
}

extension ContractsService {
    /// What owners are told about their contract.
    enum Notice {
        /// Nothing of it runs any more.
        case suspended
        /// It is being erased.
        case deleting
    }

    /// Orders the e-mail that carries an invite's token.
    func mailInvite(
        _ invite: InviteRow, to address: String, _ token: InviteToken, _ contract: ContractRow,
        in transaction: any WriteTransaction
    ) throws {
        let link = "\(self.mail.baseURL)/v2/invites/\(token.text)"
        try self.order(
            MailOrder(
                id: invite.id.text, address: address, user: nil,
                subject: "You are invited to \(contract.name)",
                text: """
                    You are invited to join \(contract.name).

                    The invitation:

                    \(link)

                    It can be accepted until \(CivilTime(invite.expiresAt).rfc3339), once, with
                    POST \(link)/accept
                    signed in under this address, or, if you are new, with first_name, last_name
                    and password.

                    If you did not expect this, do nothing.
                    """,
                orderedAt: invite.createdAt),
            in: transaction)
    }

    /// Orders e-mails to a contract's owners, whose addresses are looked up when they are sent.
    func noticeOwners(
        of contract: ContractRow, _ notice: Notice, in transaction: any WriteTransaction
    ) throws {
        let owners = try MemberStore.owners(
            of: contract.id, max: ContractsLimits.noticesMax, in: transaction)
        for owner in owners {
            try self.order(
                self.letter(notice, about: contract, address: nil, user: owner),
                in: transaction)
        }
    }

    /// Orders e-mails to addresses.
    func notice(
        _ addresses: [String], of contract: ContractRow, _ notice: Notice,
        in transaction: any WriteTransaction
    ) throws {
        for address in addresses {
            try self.order(
                self.letter(notice, about: contract, address: address, user: nil),
                in: transaction)
        }
    }

    private func letter(
        _ notice: Notice, about contract: ContractRow, address: String?, user: UserID?
    ) -> MailOrder {
        let subject: String
        let text: String
        switch notice {
        case .suspended:
            let reason = contract.lifecycle.phase.reason.map { " Reason: \($0)" } ?? ""
            subject = "\(contract.name) is suspended"
            text = "\(contract.name) is suspended: all its flows are stopped.\(reason)\n"
        case .deleting:
            subject = "\(contract.name) is being deleted"
            text = "\(contract.name) and everything in it is being deleted.\n"
        }
        let id: RequestID = self.newID()
        return MailOrder(
            id: id.text, address: address, user: user, subject: subject, text: text,
            orderedAt: self.clock.nowMilliseconds)
    }

    private func order(_ order: MailOrder, in transaction: any WriteTransaction) throws {
        try self.send(
            CBOREncoder().encode(order), .mail, to: .mail, about: order.id, epoch: 0,
            in: transaction)
    }

    /// Hands an e-mail over; one to a user who is gone is dropped.
    func deliver(_ order: MailOrder, by mailer: any Mailer) async throws {
        let address: String
        switch (order.address, order.user) {
        case (let known?, _): address = known
        case (nil, let user?):
            guard let person = try await self.people([user])[user] else { return }
            address = person.email
        case (nil, nil): return
        }
        try await mailer.deliver(
            MailMessage(
                id: order.id, from: self.mail.from, to: address, subject: order.subject,
                text: order.text, date: order.orderedAt))
    }
}
