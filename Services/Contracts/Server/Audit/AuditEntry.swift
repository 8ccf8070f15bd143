import ContractsDomain
import Identifiers
import JSONAPI

/// An event of a trail with its place in the chain and the people it is about, as far as they have
/// not been erased.
struct AuditEntry: Sendable {
    /// What the chain holds: of people the seals only.
    var event: AuditEvent
    /// The hash of the event before.
    var previousHash: [UInt8]
    /// The hash of this one.
    var hash: [UInt8]
    /// Who did it, if it was a user.
    var author: AuditPersonStore.Opening?
    /// Whom it was done to.
    var subject: AuditPersonStore.Opening?

    /// The media type of an exported trail.
    static let exportType = "application/x-ndjson"

    /// The entry as a resource.
    ///
    /// `chain.sealed` has the texts that are hashed, so that a verifier needs to know no rule of
    /// spelling.
    var resource: Resource {
        let change = (try? JSON(parsing: self.event.change)) ?? .null
        let contract = self.event.contract.text
        return Resource(
            type: "audit-entry", id: "\(contract)-\(self.event.number)",
            attributes: [
                "number": .integer(self.event.number),
                "at": .time(self.event.at),
                "action": .string(self.event.action),
                "actor": .optional(self.actor),
                "request_id": .optional(self.requestID),
                "subject": .optional(self.subject.map { "user/\($0.user)" }),
                "before": change["before"] ?? .null, "after": change["after"] ?? .null,
                "chain": [
                    "sealed": .strings(self.event.texts),
                    "author_salt": .optional(self.author.map { Hexadecimal.text($0.salt) }),
                    "subject_salt": .optional(self.subject.map { Hexadecimal.text($0.salt) }),
                    "previous_hash": .string(Hexadecimal.text(self.previousHash)),
                    "hash": .string(Hexadecimal.text(self.hash)),
                ],
            ],
            relationships: [
                "contract": .one("contract", contract, selfLink: "/v2/contracts/\(contract)")
            ])
    }

    /// Who did it: `user/<id>` or `service/<name>`; `nil` once the user is erased.
    private var actor: String? {
        if let author { return "user/\(author.user)" }
        return self.isSealed ? nil : self.event.author.actor
    }

    private var requestID: String? {
        if let author { return author.requestID }
        return self.isSealed ? nil : self.event.author.requestID
    }

    private var isSealed: Bool { self.event.author.actor.hasPrefix(PersonSeal.prefix) }
}
