package import Identifiers

/// Something that was done to a contract, as the audit trail keeps it.
///
/// It outlives the contract, so it names people by identifier only and repeats nothing they wrote.
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
        /// `user/<id>` or `service/<name>`.
        package var actor: String
        /// What the request is called in logs.
        package var requestID: String

        /// Makes an author as it was stored.
        package init(actor: String, requestID: String) {
            self.actor = actor
            self.requestID = requestID
        }

        /// A user.
        package static func user(_ user: UserID, requestID: String) -> Author {
            Author(actor: "user/\(user)", requestID: requestID)
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
        let fields = [
            self.contract.text, String(self.number), self.tenant.text, String(self.at),
            self.author.actor, self.author.requestID, self.action, self.change,
        ]
        return fields.reduce(into: previousHash) { bytes, field in
            bytes += Array("\(field.utf8.count):\(field)".utf8)
        }
    }

    /// What stands for the hash before the first event.
    package static let noHash = [UInt8](repeating: 0, count: 32)
}
