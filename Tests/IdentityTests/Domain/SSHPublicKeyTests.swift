import Foundation
import IdentityDomain
import Testing

@testable import IdentityServer

@Suite("SSH public keys")
struct SSHPublicKeyTests {
    /// The fingerprints are `ssh-keygen -l`'s.
    static let good: [(String, SSHPublicKey.Kind?, String)] = [
        (
            SSHKeySamples.ed25519, .ed25519,
            "SHA256:WhzjwW9Svf+3I9b+fdIfsFlHe9TPFaDWCf/m+oobGf4"
        ),
        (
            SSHKeySamples.rsa2048, .rsa(bits: 2_048),
            "SHA256:JRUBVO2SN2nzoCvSe045UlAhyVAfUCMIvf8bmEWTPp4"
        ),
        (SSHKeySamples.nistp256, nil, "SHA256:l72Io58x/YD2Io/Ldl9jp87kxWfF5VMcSaS9bpjf35Q"),
        (SSHKeySamples.nistp384, nil, "SHA256:Op5RvRVVEFhhcBktFhT5nzTyisBQQHphpnPfpKAeGpU"),
        (SSHKeySamples.nistp521, nil, "SHA256:lx+J83xuaRoo0wSy9A6pbexCrxULjwFar+LMZxLVSJc"),
    ]

    @Test("keys of ssh-keygen are read, and their fingerprints are its own", arguments: good)
    func reads(line: String, kind: SSHPublicKey.Kind?, fingerprint: String) throws {
        for (around, comment) in [
            ("\(line)", ""), ("\(line) ada@laptop\n", "ada@laptop"), ("  \(line)  a b \r\n", "a b"),
        ] {
            let key = try SSHPublicKey(around)
            #expect(key.text == line)
            #expect(key.comment == comment)
            #expect(key.fingerprint == fingerprint)
            #expect(key.isOnItsCurve)
            if let kind { #expect(key.kind == kind) }
        }
    }

    static func reason(_ line: String) -> String? {
        do {
            _ = try SSHPublicKey(line)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("a small RSA key, and a kind that is not safe any more, are refused by name")
    func weak() {
        #expect(Self.reason(SSHKeySamples.rsa1024)?.contains("2048") == true)
        #expect(Self.reason(SSHKeySamples.dsa)?.contains("ssh-ed25519") == true)
    }

    @Test("a private key is called one")
    func privateKey() {
        let line = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n"
        #expect(Self.reason(line)?.contains("private") == true)
    }

    static let encoded = String(SSHKeySamples.ed25519.dropFirst("ssh-ed25519 ".count))

    @Test(
        "what is no key, or could be read in two ways, is refused",
        arguments: [
            "", " ", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 ?", "ssh-ed25519 AAAA",
            "ssh-rsa \(encoded)", "ssh-ed25519 \(encoded)AAAA",
            "ssh-ed25519 \(encoded.dropLast(4))",
            "ssh-ed25519 \(encoded.dropLast(1))", "ssh-ed25519 \(encoded)=",
            "ssh-ed25519\t\(encoded)", "from=\"10.0.0.1\" ssh-ed25519 \(encoded)",
            "ssh-ed25519 \(encoded)\nssh-ed25519 \(encoded)",
            "ssh-ed25519 \(encoded) a\u{7}b",
            // A length of 4 GiB; an RSA key with a negative, an even and a padded modulus.
            "ssh-ed25519 /////wAA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAf8=",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQI=", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAgAB",
            String(repeating: "a", count: 9_000),
        ])
    func malformed(line: String) {
        #expect(Self.reason(line) != nil)
    }

    private static func reason(of bytes: [UInt8]) -> String? {
        self.reason("ssh-rsa \(Data(bytes).base64EncodedString())")
    }

    @Test("a key that is cut off anywhere, or goes on, is refused")
    func lengths() throws {
        let key = try SSHPublicKey(SSHKeySamples.rsa2048)
        for count in 0..<key.bytes.count {
            #expect(Self.reason(of: Array(key.bytes.prefix(count))) != nil)
        }
        #expect(Self.reason(of: key.bytes + [0]) != nil)
        #expect(Self.reason(of: key.bytes) == nil)
    }

    @Test("a point beside its curve is no key")
    func beside() throws {
        let line = SSHKeySamples.nistp256
        let key = try SSHPublicKey(line)
        #expect(key.isOnItsCurve)
        // The last byte of the point ends in the base64's last digits.
        let end = try #require(line.last { $0 != "=" })
        let other = line.replacing("\(end)=", with: end == "E" ? "I=" : "E=")
        let moved = try SSHPublicKey(other)
        #expect(!moved.isOnItsCurve)
    }

    @Test("the title is the one given, else the comment, else the type; a bad one is named")
    func titles() throws {
        let line = SSHKeySamples.ed25519
        #expect(try NewSSHKey(line: line, title: "Laptop").title == "Laptop")
        #expect(try NewSSHKey(line: "\(line) ada@laptop", title: nil).title == "ada@laptop")
        #expect(try NewSSHKey(line: line, title: nil).title == "ssh-ed25519")
        for title in ["", " ", "a\u{0}", String(repeating: "x", count: 101)] {
            let places = faultyPlaces { try NewSSHKey(line: "nothing", title: title) }
            #expect(places == ["/data/attributes/key", "/data/attributes/title"])
        }
    }
}
