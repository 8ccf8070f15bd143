import Crypto
import DeletionOrchestratorDomain
import Foundation
import Identifiers
import JSONAPI
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("Receipts")
struct ReceiptTests {
    static func keys() throws -> ReceiptKeys {
        ReceiptKeys(
            signing: try Curve25519.Signing.PrivateKey(
                rawRepresentation: [UInt8](repeating: 1, count: 32)),
            marking: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
    }

    static func document(_ keys: ReceiptKeys) -> ReceiptDocument {
        var job = Sample.job(.sweptAgain)
        job.steps = [
            DeletionStep(
                service: .flowRuntime, kind: "flows", found: 3, deleted: 3, isDone: true),
            DeletionStep(service: .identity, kind: "users", found: 1, deleted: 1, isDone: true),
        ]
        job.attestation = Attestation(
            workers: 0, stopped: 2, method: "cgroup", instanceFence: 4,
            attestedAt: Sample.now + 5)
        return ReceiptDocument(
            job: job, times: [.accepted: Sample.now, .fenced: Sample.now + 1],
            requestedBy: keys.mark(of: Sample.admin, in: Sample.operation),
            usersRemoved: [keys.mark(of: Sample.users[0], in: Sample.operation)],
            issuedAt: Sample.now + 9, backupsUntil: nil, publicKey: keys.publicKey,
            previous: [UInt8](repeating: 0xAB, count: 32))
    }

    @Test("a receipt is these bytes")
    func golden() throws {
        let keys = try Self.keys()
        let text = String(decoding: Self.document(keys).canonicalBytes, as: UTF8.self)
        #expect(text == Golden.receipt)
        let signed = try keys.sign(Self.document(keys))
        #expect(Hexadecimal.text(signed.digest) == Golden.receiptDigest)
        let golden = try #require(Hexadecimal.bytes(Golden.receiptSignature))
        var given = signed
        given.signature = golden
        #expect(given.isGenuine)
    }

    @Test("members are sorted at every depth, so that the same facts are the same bytes")
    func canonical() throws {
        let one = try JSON(parsing: #"{"b":[{"z":1,"a":{"d":2,"c":null}}],"a":"x"}"#)
        #expect(one.canonical.text == #"{"a":"x","b":[{"a":{"c":null,"d":2},"z":1}]}"#)
        #expect(one.canonical == one.canonical.canonical)
    }

    @Test("a signed receipt is genuine, and any other byte anywhere in it is not")
    func tampering() throws {
        let signed = try Self.keys().sign(Self.document(try Self.keys()))
        #expect(signed.isGenuine)
        for index in signed.document.indices {
            var forged = signed
            forged.document[index] ^= 1
            #expect(!forged.isGenuine)
            forged.digest = Array(SHA256.hash(data: forged.document))
            #expect(!forged.isGenuine, "the signature must not fit byte \(index)")
        }
        for index in signed.signature.indices {
            var forged = signed
            forged.signature[index] ^= 1
            #expect(!forged.isGenuine)
        }
        var forged = signed
        forged.publicKey[0] ^= 1
        #expect(!forged.isGenuine)
    }

    @Test("the marks of one user differ from deletion to deletion and tell nothing of the id")
    func marks() throws {
        let keys = try Self.keys()
        let other = OperationID(secondsSince1970: 77)
        let mark = keys.mark(of: Sample.admin, in: Sample.operation)
        #expect(mark == keys.mark(of: Sample.admin, in: Sample.operation))
        #expect(mark != keys.mark(of: Sample.admin, in: other))
        let text = String(decoding: Self.document(keys).canonicalBytes, as: UTF8.self)
        for user in Sample.users + [Sample.admin] { #expect(!text.contains(user.text)) }
        #expect(!text.contains("the customer left"))
    }

    @Test("backups are named as not erased while they are kept")
    func backups() throws {
        var document = Self.document(try Self.keys())
        document.backupsUntil = 123
        let json = try JSON(parsing: document.canonicalBytes)
        let backups = json["not_erased"]?.array?.first { $0["what"]?.string == "backups" }
        #expect(backups?["until"]?.string == "1970-01-01T00:00:00.123Z")
    }

    @Test("keys are made once, private to the service, and read again")
    func keyFiles() throws {
        let folder = try TemporaryFolder()
        let first = try ReceiptKeys(directory: folder.path)
        let second = try ReceiptKeys(directory: folder.path)
        #expect(first.publicKey == second.publicKey)
        #expect(
            first.mark(of: Sample.admin, in: Sample.operation)
                == second.mark(of: Sample.admin, in: Sample.operation))
        for name in ["receipt-signing.key", "receipt-marks.key"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a key file that others may read, or that holds something else, is refused by name")
    func badKeyFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("receipt-signing.key")
        _ = try ReceiptKeys(directory: folder.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let open = try #require(throws: KeyFileError.self) {
            try ReceiptKeys(directory: folder.path)
        }
        #expect(open.description == "\(path) may be read by others")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let short = try #require(throws: KeyFileError.self) {
            try ReceiptKeys(directory: folder.path)
        }
        #expect(short.description == "\(path) does not hold 32 bytes")
        let nowhere = try #require(throws: KeyFileError.self) {
            try ReceiptKeys(directory: folder.file("nowhere"))
        }
        #expect(nowhere.description.hasSuffix("cannot be made"))
    }
}

extension Hexadecimal {
    /// The bytes that digits stand for; `nil` unless all of them are pairs of digits.
    fileprivate static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
