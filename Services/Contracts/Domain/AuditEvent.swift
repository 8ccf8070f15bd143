package import Identifiers

/// Something that was done to a contract, as the audit trail keeps it.
///
/// It outlives the contract and the people, so it names people by seals only, which say nothing once
/// what opens them is erased, and repeats nothing anybody wrote.
package struct AuditEvent: Hashable, Sendable {
    /// The contract.
    package var contract: ContractID
    /// The event's number in the contract's trail, from 1.
    package var number: Int64
    /// The tenant the contract belongs to.
    package var tenant: TenantID
    /// When, in milliseconds since 1970.
    package var at: Int64
    /// Who did it.
    package var author: Author
    /// What was done, as a stable word such as `contract.suspend`.
    package var action: String
    /// What was before and is after, as JSON.
    package var change: String

    /// Who does something, and in which request.
    package struct Author: Hashable, Sendable {
        /// `user/<id>` or `service/<name>`; in the trail a seal stands for a user.
        package var actor: String
        /// What the request is called in logs; in the trail the user's seal holds it.
        package var requestID: String
        /// The user, unless it is a service.
        package var user: UserID?

        /// Makes an author as it was stored.
        package init(actor: String, requestID: String) {
            self.actor = actor
            self.requestID = requestID
            self.user = nil
        }

        /// A user.
        package static func user(_ user: UserID, requestID: String) -> Author {
            var author = Author(actor: "user/\(user)", requestID: requestID)
            author.user = user
            return author
        }

        /// A service of the suite.
        package static func service(_ name: String, requestID: String) -> Author {
            Author(actor: "service/\(name)", requestID: requestID)
        }
    }

    /// Makes an event.
    package init(
        contract: ContractID, number: Int64, tenant: TenantID, at: Int64, author: Author,
        action: String, change: String
    ) {
        self.contract = contract
        self.number = number
        self.tenant = tenant
        self.at = at
        self.author = author
        self.action = action
        self.change = change
    }

    /// What is hashed: the hash of the event before, then every field with its length in front.
    ///
    /// An event cannot be changed, moved or taken out without breaking all hashes after it.
    package func bytes(after previousHash: [UInt8]) -> [UInt8] {
        self.texts.reduce(into: previousHash) { bytes, field in
            bytes.append(contentsOf: "\(field.utf8.count):".utf8)
            bytes.append(contentsOf: field.utf8)
        }
    }

    /// Every field as a text, in the order in which they are hashed.
    package var texts: [String] {
        [
            self.contract.text, String(self.number), self.tenant.text, String(self.at),
            self.author.actor, self.author.requestID, self.action, self.change,
        ]
    }

    /// What stands for the hash before the first event.
    package static let noHash = [UInt8](repeating: 0, count: 32)
}
