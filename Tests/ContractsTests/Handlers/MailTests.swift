import ContractsServer
import Foundation
import TestKit
import Testing

@testable import ContractsServer

@Suite("E-mails")
struct MailTests {
    static func message(
        to: String = "ada@example.com", subject: String = "Hello", text: String = "One\nTwo\n"
    ) -> MailMessage {
        MailMessage(
            id: "5b87aded2dfb980011537690", from: "covenant@example.com", to: to,
            subject: subject, text: text, date: 1_700_000_000_000)
    }

    @Test("an e-mail is an RFC 5322 message with a Message-ID of its own")
    func bytes() {
        let text = String(decoding: Self.message().bytes(lineEnd: "\r\n"), as: UTF8.self)
        #expect(
            text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init) == [
                "Date: Tue, 14 Nov 2023 22:13:20 +0000", "From: covenant@example.com",
                "To: ada@example.com", "Subject: Hello",
                "Message-ID: <5b87aded2dfb980011537690@example.com>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit", "",
                "One", "Two", "", "",
            ])
    }

    @Test(
        "an address is always one address, and a subject one line",
        arguments: [
            ("a@b.c", "a@b.c"), ("a,b@c.d", "\"a,b\"@c.d"), ("a b@c.d", "\"a b\"@c.d"),
            ("a\"b@c.d", "\"a\\\"b\"@c.d"), ("a@b,c@d.e", "\"a@b,c\"@d.e"),
            ("a@b.c,d", "a@b.cd"),
        ])
    func addresses(address: String, header: String) {
        #expect(MailMessage.address(address) == header)
    }

    @Test("words beyond ASCII are encoded, line breaks are not passed on")
    func subjects() {
        #expect(MailMessage.unstructured("Plain words") == "Plain words")
        #expect(MailMessage.unstructured("Größe 7") == "=?utf-8?Q?Gr=C3=B6=C3=9Fe_7?=")
        #expect(!MailMessage.unstructured("a\r\nBcc: eve@example.com").contains("\n"))
        let long = MailMessage.unstructured(String(repeating: "ö", count: 40))
        #expect(long.split(separator: " ").allSatisfy { $0.count <= 75 })
    }

    @Test("the mailbox folder keeps one private file a message, however often it is handed over")
    func mailbox() async throws {
        let folder = try TemporaryFolder()
        let mailbox = try MailboxFolder(path: folder.file("mailbox"))
        for _ in 0..<2 { try await mailbox.deliver(Self.message()) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("mailbox"))
        #expect(names == ["5b87aded2dfb980011537690.eml"])
        let path = folder.file("mailbox/\(names[0])")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(
            FileManager.default.contents(atPath: path).map(Array.init)
                == Self.message().bytes(lineEnd: "\r\n"))
    }

    @Test("a command gets the message on its standard input, and must succeed")
    func command() async throws {
        let folder = try TemporaryFolder()
        let kept = folder.file("kept")
        let cat = try MailCommand(["/bin/sh", "-c", "cat > \"$0\"", kept])
        try await cat.deliver(Self.message())
        #expect(
            FileManager.default.contents(atPath: kept).map(Array.init)
                == Self.message().bytes(lineEnd: "\n"))
        let failing = try MailCommand(["/bin/sh", "-c", "exit 75"])
        await #expect(throws: MailError.self) { try await failing.deliver(Self.message()) }
        #expect(throws: MailError.self) { try MailCommand(["/no/such/program"]) }
    }
}
