import CBOR
import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import Logging
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
    /// The same for those who read HTML.
    var html: String?

    enum CodingKeys: Int, CodingKey {
        case id = 1
        case address = 2
        case user = 3
        case subject = 4
        case text = 5
        case orderedAt = 6
        case html = 7
    }
}

/// Who gets an e-mail.
enum MailRecipient: Hashable {
    /// This address.
    case address(String)
    /// The user, whose address is looked up when it is sent.
    case user(UserID)
}

extension ContractsService {
    /// Orders the e-mail that carries an invite's token; one of the same invite that still waits is
    /// not sent any more.
    func mailInvite(
        _ invite: InviteRow, to address: String, _ token: InviteToken, _ contract: ContractRow,
        in transaction: any WriteTransaction
    ) throws {
        try self.mail(
            .invite, about: contract, to: [.address(address)],
            [
                "link": "\(self.mail.baseURL)/v2/invites/\(token.text)",
                "expires_at": CivilTime(invite.expiresAt).rfc3339,
            ],
            replacing: (invite.id.text, invite.sentAt), in: transaction)
    }

    /// Orders e-mails to a contract's members, whose addresses are looked up when they are sent.
    func mailMembers(
        _ kind: MailKind, of contract: ContractRow, in transaction: any WriteTransaction
    ) throws {
        let members = try MemberStore.list(
            of: contract.id, max: ContractsLimits.noticesMax, in: transaction)
        let phase = contract.lifecycle.phase
        try self.mail(
            kind, about: contract, to: members.map { .user($0.user) },
            [
                "reason": phase.reason.map { "Reason: \($0)" } ?? "",
                "until": phase.until.map { CivilTime($0).rfc3339 } ?? "",
            ],
            in: transaction)
    }

    /// Orders one e-mail for each recipient, in the words of the contract's tenant; none when the
    /// tenant does not want them.
    ///
    /// - Parameter replaced: a key and a number: of several orders with one key that wait, only the
    ///   one with the highest number is sent.
    func mail(
        _ kind: MailKind, about contract: ContractRow, to recipients: [MailRecipient],
        _ values: [String: String] = [:], replacing replaced: (key: String, number: Int64)? = nil,
        in transaction: any WriteTransaction
    ) throws {
        guard !recipients.isEmpty else { return }
        let own = try MailTemplateStore.find(
            kind, of: contract.lifecycle.tenant, in: transaction)
        guard own?.isEnabled ?? true else { return }
        var values = values
        values["contract_name"] = contract.name
        let words = (own?.template ?? kind.standard).filled(values)
        for recipient in recipients {
            let id: RequestID = self.newID()
            var order = MailOrder(
                id: id.text, address: nil, user: nil, subject: words.subject, text: words.text,
                orderedAt: self.clock.nowMilliseconds, html: words.html)
            switch recipient {
            case .address(let address): order.address = address
            case .user(let user): order.user = user
            }
            try self.send(
                CBOREncoder().encode(order), .mail, to: .mail, about: replaced?.key ?? order.id,
                epoch: replaced?.number ?? 0, in: transaction)
        }
    }

    /// Hands an e-mail over; one to a user who is gone, or that is refused for good, is dropped.
    func deliver(_ order: MailOrder, by mailer: any Mailer) async throws {
        let address: String
        switch (order.address, order.user) {
        case (let known?, _): address = known
        case (nil, let user?):
            guard let person = try await self.person(user) else { return }
            address = person.email
        case (nil, nil): return
        }
        do {
            try await mailer.deliver(
                MailMessage(
                    id: order.id, from: self.mail.from, to: address, subject: order.subject,
                    text: order.text, html: order.html, date: order.orderedAt))
        } catch let error as MailError where error.isPermanent {
            self.logger.warning(
                "an e-mail was refused for good",
                metadata: ["message": "\(order.id)", "error": "\(error)"])
        }
    }
}
