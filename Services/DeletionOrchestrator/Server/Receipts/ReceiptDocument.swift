import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import JSONAPI

/// What a receipt says: what was found and erased, when, on whose authority, and what was not.
///
/// No names, no addresses, no contents. Users appear as marks that only the holder of the key can
/// compute, differently in each receipt.
struct ReceiptDocument: Hashable, Sendable {
    var job: DeletionJob
    /// When each state was first reached, in milliseconds since 1970.
    var times: [DeletionState: Int64]
    /// The mark of who asked for the deletion.
    var requestedBy: String
    /// The marks of the users removed, in alphabetical order.
    var usersRemoved: [String]
    /// When it is issued, in milliseconds since 1970.
    var issuedAt: Int64
    /// Until when backups may still hold what was erased; `nil` when none are made.
    var backupsUntil: Int64?
    /// The key that will sign, 32 bytes.
    var publicKey: [UInt8]
    /// The digest of the receipt issued before; `nil` for the first.
    var previous: [UInt8]?

    /// The canonical JSON that is signed: members sorted by name, no white space, integers only
    /// (RFC 8785, for which names in ASCII sort by bytes).
    var canonicalBytes: [UInt8] { self.json.canonical.bytes() }

    private var json: JSON {
        [
            "type": "covenant-deletion-receipt", "version": 1,
            "deletion": .string(self.job.operation.text),
            "contract": .string(self.job.command.contract.text),
            "tenant": .string(self.job.command.tenant.text),
            "epoch": .integer(self.job.command.epoch),
            "plan_version": .integer(self.job.planVersion),
            "requested_at": .time(self.job.requestedAt),
            "requested_by": .string(self.requestedBy),
            "issued_at": .time(self.issuedAt),
            "times": self.timesJSON,
            "kinds": .array(self.job.steps.map(Self.kindJSON)),
            "workers": self.workersJSON,
            "users_removed": .strings(self.usersRemoved),
            "not_erased": .array(self.notErased),
            "public_key": .string(Hexadecimal.text(self.publicKey)),
            "previous": .optional(self.previous.map(Hexadecimal.text)),
        ]
    }

    private var timesJSON: JSON {
        .object(JSONObject(self.times.map { ($0.key.rawValue, JSON.time($0.value)) }))
    }

    private static func kindJSON(_ step: DeletionStep) -> JSON {
        [
            "service": .string(step.service.rawValue), "kind": .string(step.kind),
            "found": .integer(step.found), "deleted": .integer(step.deleted),
            "remaining": .integer(step.remaining),
        ]
    }

    private var workersJSON: JSON {
        guard let attestation = self.job.attestation else { return .null }
        return [
            "remaining": .integer(attestation.workers), "stopped": .integer(attestation.stopped),
            "method": .string(attestation.method),
            "instance_fence": .integer(attestation.instanceFence),
            "attested_at": .time(attestation.attestedAt),
        ]
    }

    private var notErased: [JSON] {
        var list: [JSON] = [
            [
                "what": "tombstone",
                "why": "keeps late commands from bringing the contract back; ids only",
            ],
            ["what": "audit", "why": "proves who decided what; ids only"],
            ["what": "receipt", "why": "proves the deletion; no personal data"],
        ]
        if let until = self.backupsUntil {
            list.append([
                "what": "backups", "why": "kept until they rotate out", "until": .time(until),
            ])
        }
        return list
    }
}

extension JSON {
    /// The same value with the members of every object sorted by name.
    var canonical: JSON {
        switch self {
        case .object(let object):
            let sorted = object.members.sorted { $0.name < $1.name }
            return .object(JSONObject(sorted.map { ($0.name, $0.value.canonical) }))
        case .array(let elements): return .array(elements.map(\.canonical))
        default: return self
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }
}
