import JSONAPI
import TestKit
import Testing

@Suite("SSH keys, in public")
struct PublicSSHKeysTests {
    static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICuDr2EXD+rYxPQ0+EyZuPCGkAQpMLBG5ivFDDdRplwc"

    static func body(_ key: String, title: String? = nil) -> String {
        let title = title.map { #", "title": "\#($0)""# } ?? ""
        return #"{"data": {"type": "sshkey", "attributes": {"key": "\#(key)"\#(title)}}}"#
    }

    @Test("a key is registered, read, listed and removed: the whole document")
    func life() async throws {
        try await RunningIdentity.with { identity in
            let user = RunningIdentity.asUser
            let made = try await identity.request(
                "POST", "/v2/sshkeys/", user, body: Self.body("\(Self.line) ada@laptop"))
            #expect(made.status == 201)
            let id = made.id
            #expect(
                made.text == """
                    {"data":{"id":"\(id)","type":"sshkey","links":{"self":"/v2/sshkeys/\(id)"},\
                    "attributes":{"title":"ada@laptop",\
                    "fingerprint":"SHA256:WhzjwW9Svf+3I9b+fdIfsFlHe9TPFaDWCf/m+oobGf4",\
                    "user_id":"\(RunningIdentity.user)","key":"\(Self.line)",\
                    "created_at":"2023-11-14T22:13:20.000Z"},\
                    "relationships":{"user":{"data":{"id":"\(RunningIdentity.user)",\
                    "type":"user"}}}},"meta":{}}
                    """)
            let path = "/v2/sshkeys/\(id)"
            #expect(try await identity.request("GET", path, user).text == made.text)
            let list = try await identity.request("GET", "/v2/sshkeys", user)
            #expect(list.json["data"]?.array?.count == 1)
            #expect(
                list.json["meta"] == ["page": 1, "per_page": 50, "total": 1, "total_pages": 1])
            for method in ["GET", "DELETE"] {
                let answer = try await identity.request(method, path, RunningIdentity.asAdmin)
                #expect(answer.status == 404 && answer.errors == ["not_found"])
            }
            #expect(try await identity.request("DELETE", path, user).status == 204)
            #expect(try await identity.request("DELETE", path, user).status == 404)
            #expect(try await identity.request("DELETE", "/v2/sshkeys/x", user).status == 404)
        }
    }

    @Test("all faults of a key are told at once, and a key one has is a conflict")
    func refused() async throws {
        try await RunningIdentity.with { identity in
            let user = RunningIdentity.asUser
            let faults = try await identity.request(
                "POST", "/v2/sshkeys", user, body: Self.body("ssh-dss qqq", title: " "))
            #expect(faults.status == 400)
            #expect(
                faults.errors == [
                    "invalid_value /data/attributes/key", "invalid_value /data/attributes/title",
                ])
            #expect(!faults.text.contains("qqq"))
            let first = Self.body(Self.line, title: "Laptop")
            #expect(
                try await identity.request("POST", "/v2/sshkeys", user, body: first).status == 201)
            let again = try await identity.request("POST", "/v2/sshkeys", user, body: first)
            #expect(again.status == 409)
            #expect(again.errors == ["key_taken /data/attributes/key"])
        }
    }
}
