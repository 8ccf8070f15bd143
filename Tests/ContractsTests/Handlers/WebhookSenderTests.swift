import Foundation
import JSONAPI
import TestKit
import Testing

@testable import ContractsServer

@Suite("Posting webhooks", .timeLimit(.minutes(1)))
struct WebhookSenderTests {
    /// A server that checks the signature with Python's own means; `/large` answers without end,
    /// `/away` elsewhere.
    private static let server = """
        import base64, hashlib, hmac, sys, threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                signed = b".".join([
                    self.headers["webhook-id"].encode(),
                    self.headers["webhook-timestamp"].encode(), body])
                code = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
                good = "v1," + base64.b64encode(code).decode() == self.headers["webhook-signature"]
                if self.path == "/away":
                    self.send_response(302)
                    self.send_header("location", "/")
                else:
                    self.send_response(200 if good else 401)
                self.end_headers()
                if self.path == "/large":
                    try:
                        while True:
                            self.wfile.write(b"x" * 65536)
                    except OSError:
                        pass

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """

    private static func withServer(_ body: (Int) async throws -> Void) async throws {
        try await ServingProgram.with("python3", ["-c", self.server]) { line in
            try await body(try #require(Int(line)))
        }
    }

    private static func post(
        _ url: String, mayBePrivate: Bool = true, body: String = #"{"größe":1}"#
    ) async throws -> Int {
        try await CurlWebhookSender(mayBePrivate: mayBePrivate).post(
            body, to: url,
            fields: [("content-type", "application/json")]
                + WebhookSecret([UInt8](0..<32)).fields(
                    id: "5b87aded2dfb980011537690", at: 1_700_000_000_000, body: #"{"größe":1}"#))
    }

    @Test("the receiver finds the signature good, and a changed body bad")
    func signed() async throws {
        try await Self.withServer { port in
            let base = "http://127.0.0.1:\(port)"
            let statuses = [
                try await Self.post("\(base)/"), try await Self.post("\(base)/", body: "{}"),
                try await Self.post("\(base)/large"), try await Self.post("\(base)/away"),
            ]
            #expect(statuses == [200, 401, 200, 302])
        }
    }

    @Test("an address that the internet does not lead to is not connected to")
    func privateAddresses() async throws {
        try await Self.withServer { port in
            for host in ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "127.1"] {
                await #expect(throws: WebhookFailure.self, "\(host)") {
                    try await Self.post("http://\(host):\(port)/", mayBePrivate: false)
                }
            }
        }
        for host in [
            "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[::1]",
            "[fe80::1]", "[fd00::1]", "[2002:7f00:1::1]", "224.0.0.1",
        ] {
            let begun = ContinuousClock.now
            await #expect(throws: WebhookFailure.self, "\(host)") {
                try await Self.post("http://\(host):9/", mayBePrivate: false)
            }
            #expect(ContinuousClock.now - begun < .seconds(4), "\(host) was tried")
        }
    }
}
