import CBOR
import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// What a client makes of answers, whoever gives them.
@Suite("Answers as a client reads them", .timeLimit(.minutes(1)))
struct AnswerReadingTests {
    /// Answers everything alike.
    struct Canned: HTTP2RequestHandler {
        var response: HTTP2Response

        func respond(
            to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
        ) async throws { try responder.send(self.response) }

        func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
            HTTP2Response(status: reason.status)
        }
    }

    static func withAnswer(
        _ response: HTTP2Response, _ body: (RPCClient<WireService>) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await HTTP2Listener.bind(
            to: .unixSocket(path: folder.file("s")),
            configuration: HTTP2ServerConfiguration(limits: .internalPeers),
            group: CarrierTests.group
        ) { _ in Canned(response: response) }
        let peer = RPCPeer([listener.address], group: CarrierTests.group)
        do {
            try await body(
                RPCClient(carry: peer.carry, options: RPCClientOptions(retry: .never)))
        } catch {
            await listener.drain(grace: .zero)
            throw error
        }
        await peer.shutDown()
        await listener.drain(grace: .seconds(1))
    }

    static func error(_ response: HTTP2Response) async throws -> RPCError? {
        let found = Mutex<RPCError?>(nil)
        try await self.withAnswer(response) { client in
            let error = await #expect(throws: RPCError.self) {
                try await client.send(Say(text: ""))
            }
            found.withLock { $0 = error }
        }
        return found.withLock { $0 }
    }

    @Test(
        "without rpc-code the status speaks, as of a proxy",
        arguments: [
            (400, .internal), (401, .unauthenticated), (403, .permissionDenied),
            (404, .unimplemented), (429, .unavailable), (502, .unavailable), (503, .unavailable),
            (504, .unavailable), (405, .unknown), (500, .unknown), (302, .unknown),
        ] as [(Int, RPCError.Code)])
    func proxies(status: Int, code: RPCError.Code) async throws {
        #expect(try await Self.error(HTTP2Response(status: status))?.code == code)
    }

    @Test("every code has its status", arguments: RPCError.Code.allCases)
    func codes(code: RPCError.Code) async throws {
        let statuses: [RPCError.Code: Int] = [
            .canceled: 499, .unknown: 500, .invalidArgument: 400, .deadlineExceeded: 504,
            .notFound: 404, .alreadyExists: 409, .permissionDenied: 403, .resourceExhausted: 429,
            .failedPrecondition: 400, .aborted: 409, .outOfRange: 400, .unimplemented: 501,
            .internal: 500, .unavailable: 503, .dataLoss: 500, .unauthenticated: 401,
        ]
        #expect(code.httpStatus == statuses[code])
        let response = HTTP2Response(status: code.httpStatus, fields: ["rpc-code": code.rawValue])
        #expect(try await Self.error(response)?.code == code)
    }

    @Test(
        "a pushback that cannot be read means never",
        arguments: [("5", 5), ("0", 0), ("-1", -1), ("x", -1), ("", -1), ("+5", -1), ("1.5", -1)])
    func pushback(text: String, milliseconds: Int) async throws {
        let response = HTTP2Response(
            status: 503, fields: ["rpc-code": "unavailable", "rpc-retry-pushback-ms": text])
        #expect(try await Self.error(response)?.retryPushbackMilliseconds == milliseconds)
    }

    @Test("a reply of another type, or of more than one item, is the peer's fault")
    func wrongReply() async throws {
        let json = HTTP2Response(
            status: 200, fields: ["content-type": "application/json"], body: WireTests.echo)
        #expect(try await Self.error(json)?.code == .internal)
        let two = HTTP2Response(
            status: 200, fields: ["content-type": "application/cbor"],
            body: WireTests.echo + WireTests.echo)
        #expect(try await Self.error(two)?.code == .internal)
    }

    @Test(
        "a stream is well only with its end map",
        arguments: [
            ("heartbeats are passed over", [0xf6, 0x41, 0x00, 0xf6, 0x41, 0x01, 0xf6, 0xa0], nil),
            ("cut short after a message", [0x41, 0x00, 0x41, 0x01], .internal),
            ("cut short in a message", [0x41, 0x00, 0x41, 0x01, 0x42, 0x00], .internal),
            ("cut short in the end map", [0x41, 0x00, 0x41, 0x01, 0xa1, 0x61], .internal),
            ("something after the end map", [0x41, 0x00, 0x41, 0x01, 0xa0, 0xf6], .internal),
            ("a number", [0x41, 0x00, 0x41, 0x01, 0x05], .internal),
            (
                "a code nobody knows",
                [0x41, 0x00, 0x41, 0x01, 0xa1, 0x61, 0x63, 0x61, 0x78], .unknown
            ),
        ] as [(String, [UInt8], RPCError.Code?)])
    func streams(name: String, body: [UInt8], code: RPCError.Code?) async throws {
        let response = HTTP2Response(
            status: 200, fields: ["content-type": "application/cbor-seq"], body: body)
        try await Self.withAnswer(response) { client in
            var received: [Int] = []
            var error: RPCError?
            do {
                for try await element in try await client.stream(Tick(upTo: 2)) {
                    received.append(element)
                }
            } catch let thrown as RPCError {
                error = thrown
            }
            #expect(received == [0, 1])
            #expect(error?.code == code)
        }
    }

    @Test("a streamed request is answered with exactly one message")
    func oneReply() async throws {
        for body: [UInt8] in [[0xa0], [0x41, 0x00, 0x41, 0x01, 0xa0], [0x41, 0x00]] {
            let response = HTTP2Response(
                status: 200, fields: ["content-type": "application/cbor-seq"], body: body)
            try await Self.withAnswer(response) { client in
                let error = await #expect(throws: RPCError.self) {
                    try await client.send(Gather(start: 0), elements: AsyncStream { nil })
                }
                #expect(error?.code == .internal)
            }
        }
    }
}
