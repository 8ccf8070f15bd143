import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import JSONAPI

extension DeletionView {
    /// The deletion as a resource of the public API.
    var resource: Resource {
        let command = self.job.command
        let link = "/v2/deletions/\(self.job.operation)"
        var attributes: JSONObject = [
            "state": .string(self.job.state.rawValue), "is_done": .bool(self.job.state == .done),
            "conditions": .strings(self.conditions),
            "found": .integer(self.kinds.reduce(0) { $0 + $1.found }),
            "deleted": .integer(self.kinds.reduce(0) { $0 + $1.deleted }),
            "remaining": .integer(self.kinds.reduce(0) { $0 + $1.remaining }),
            "steps_done": .integer(self.stepsDone), "steps_total": .integer(self.kinds.count),
            "kinds": .array(self.kinds.map(\.json)),
            "workers": [
                "stopped": .integer(self.job.workersStopped),
                "remaining": self.job.workersRemaining.map { .integer($0) } ?? .null,
            ],
            "attempts": .integer(self.job.waiting.attempts),
            "next_attempt_at": .time(
                self.job.waiting.reason == nil ? nil : self.job.waiting.until),
            "requested_at": .time(self.job.requestedAt),
            "progress_at": .time(self.job.progressAt),
        ]
        attributes["receipt_sha256"] = self.receiptDigest.map { .string(Hexadecimal.text($0)) }
        return Resource(
            type: "deletion", id: self.job.operation.text, selfLink: link,
            attributes: attributes,
            relationships: [
                "contract": .one("contract", command.contract.text),
                "receipt": .link("\(link)/receipt"),
            ])
    }
}

extension KindView {
    /// The kind as an attribute's element.
    fileprivate var json: JSON {
        [
            "service": .string(self.service), "kind": .string(self.kind),
            "found": .integer(self.found), "deleted": .integer(self.deleted),
            "remaining": .integer(self.remaining),
        ]
    }
}

extension SignedReceipt {
    /// The receipt as a resource: `document` is the signed text, byte for byte.
    func resource(of id: String) -> Resource {
        Resource(
            type: "deletion-receipt", id: id, selfLink: "/v2/deletions/\(id)/receipt",
            attributes: [
                "document": .string(String(decoding: self.document, as: UTF8.self)),
                "sha256": .string(Hexadecimal.text(self.digest)),
                "signature": .string(Hexadecimal.text(self.signature)),
                "public_key": .string(Hexadecimal.text(self.publicKey)),
                "algorithm": "Ed25519",
            ])
    }
}
