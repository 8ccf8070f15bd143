import Foundation
import JSONAPI
import PublicHTTP
import TestKit
import Testing

@testable import ContractsServer

/// Against Debian's python3-aiosmtpd.
@Suite("E-mails over SMTP", .timeLimit(.minutes(1)))
struct SMTPTests {
    /// A server that writes each message, as Python reads it, into a file of its own.
    private static let server = """
        import asyncio, email, email.policy, json, os, sys
        from aiosmtpd.smtp import SMTP

        class Keeper:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if "nobody" in address:
                    return "550 no such user"
                if "later" in address:
                    return "451 come back later"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                plain, html = message.get_body(("plain",)), message.get_body(("html",))
                kept = {
                    "from": envelope.mail_from, "to": envelope.rcpt_tos,
                    "subject": message["Subject"], "header_to": message["To"],
                    "defects": len(message.defects), "text": plain.get_content(),
                    "html": html.get_content() if html else None,
                }
                with open(os.path.join(sys.argv[1], message["Message-ID"].strip("<>")), "w") as f:
                    json.dump(kept, f)
                return "250 kept"

        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: SMTP(Keeper()), "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await loop.run_in_executor(None, sys.stdin.read)

        asyncio.run(main())
        """

    /// Runs the server while `body` uses it; it ends with its standard input.
    private static func withServer(
        _ body: (SMTPMailer, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try await ServingProgram.with(
            "/usr/bin/python3", ["-c", self.server, folder.file("")]
        ) { line in
            let port = try #require(Int(line))
            try await body(
                SMTPMailer(
                    .init(
                        url: "smtp://127.0.0.1:\(port)", user: nil, password: nil,
                        mayBePlain: true)),
                folder)
        }
    }

    private static func message(
        to: String = "ada@example.com", html: String? = "<p>Größe &lt;7&gt;</p>\n"
    ) -> MailMessage {
        MailMessage(
            id: "5b87aded2dfb980011537690", from: "covenant@example.com", to: to,
            subject: "Größe 7", text: ".\nGröße <7>\n\(String(repeating: "x", count: 1_500))\n",
            html: html, date: 1_700_000_000_000)
    }

    @Test("arrive whole: text and HTML, long lines, lines of one dot, letters beyond ASCII")
    func arrives() async throws {
        try await Self.withServer { mailer, folder in
            let message = Self.message()
            try await mailer.deliver(message)
            let path = folder.file("5b87aded2dfb980011537690@example.com")
            let kept = try JSON(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
            #expect(kept["from"] == "covenant@example.com")
            #expect(kept["to"] == ["ada@example.com"])
            #expect(kept["header_to"] == "ada@example.com")
            #expect(kept["subject"] == "Größe 7")
            #expect(kept["defects"] == 0)
            #expect(kept["text"]?.string?.replacing("\r\n", with: "\n") == message.text)
            #expect(kept["html"]?.string?.replacing("\r\n", with: "\n") == message.html)
        }
    }

    @Test(
        "a recipient that is refused for good is told apart from one to be tried again",
        arguments: [("nobody@example.com", true), ("later@example.com", false)])
    func refused(address: String, isPermanent: Bool) async throws {
        try await Self.withServer { mailer, _ in
            let error = await #expect(throws: MailError.self) {
                try await mailer.deliver(Self.message(to: address))
            }
            #expect(error?.isPermanent == isPermanent, "\(String(describing: error))")
        }
    }

    @Test("a server that must speak TLS and does not gets nothing")
    func plain() async throws {
        try await Self.withServer { mailer, folder in
            var settings = mailer.settings
            settings.mayBePlain = false
            let strict = try SMTPMailer(settings)
            let error = await #expect(throws: MailError.self) {
                try await strict.deliver(Self.message())
            }
            #expect(error?.isPermanent == false)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.file(""))
            #expect(names.isEmpty)
        }
    }

    @Test("a server that is not there is tried again; no URL of SMTP is refused at the start")
    func absent() async throws {
        let mailer = try SMTPMailer(
            .init(url: "smtp://127.0.0.1:1", user: nil, password: nil, mayBePlain: true))
        let error = await #expect(throws: MailError.self) {
            try await mailer.deliver(Self.message())
        }
        #expect(error?.isPermanent == false)
        #expect(throws: MailError.self) {
            try SMTPMailer(
                .init(url: "file:///etc/passwd", user: nil, password: nil, mayBePlain: true))
        }
    }
}
