import HTTP2
import JSONAPI
import Logging
import RPC
import Testing

@testable import PublicHTTP

@Suite("Answering requests")
struct EdgeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var target: String
        var fields: HTTP2Fields = ["authorization": Credentials.key]
        var body = ""
        var status: Int
        var code: String?
        var testDescription: String { "\(self.method) \(self.target) \(self.code ?? "")" }
    }

    static let json: HTTP2Fields = [
        "authorization": Credentials.key, "content-type": "application/json",
    ]

    @Test(
        "each request gets its status and code",
        arguments: [
            Case(target: "/v2/things/\(Shop.thingID)", status: 200),
            Case(target: "/v2/things/\(Shop.thingID)/?include=parts", status: 200),
            Case(target: "/v2/things/me", status: 200),
            Case(target: "/v2/things/x", status: 404, code: "not_found"),
            Case(target: "/nowhere", status: 404, code: "not_found"),
            Case(target: "/v2//things", status: 404, code: "not_found"),
            Case(target: "/v2/%2e%2e/things", status: 400, code: "malformed_path"),
            Case(target: "/v2/a%2fb", status: 400, code: "malformed_path"),
            Case(target: "/v2/%zz", status: 400, code: "malformed_path"),
            Case(target: "/v2/%00", status: 400, code: "malformed_path"),
            Case(target: "*", status: 400, code: "malformed_path"),
            Case(target: "/v2/things/me?x=1", status: 400, code: "unknown_parameter"),
            Case(
                target: "/v2/things/me", fields: [:], status: 401, code: "unauthenticated"),
            Case(
                target: "/v2/things/me", fields: ["authorization": Credentials.wrong],
                status: 401, code: "unauthenticated"),
            Case(
                target: "/v2/things/me", fields: ["authorization": Credentials.password],
                status: 401, code: "unauthenticated"),
            Case(
                target: "/v2/things/me", fields: ["authorization": "Bearer x"], status: 401,
                code: "unauthenticated"),
            Case(
                target: "/v2/things/me", fields: ["authorization": "Basic !"], status: 401,
                code: "unauthenticated"),
            Case(
                target: "/v2/things/me", fields: ["authorization": Credentials.down], status: 503,
                code: "unavailable"),
            Case(
                method: "POST", target: "/v2/key", fields: ["authorization": Credentials.password],
                status: 204),
            Case(target: "/v2/either", fields: [:], status: 200),
            Case(
                target: "/v2/either", fields: ["authorization": Credentials.wrong], status: 401,
                code: "unauthenticated"),
            Case(method: "DELETE", target: "/v2/things", status: 405, code: "method_not_allowed"),
            Case(method: "get", target: "/v2/things/me", status: 405, code: "method_not_allowed"),
            Case(
                method: "POST", target: "/v2/things", fields: Self.json,
                body: #"{"data":{"type":"thing","attributes":{"name":"abc"}}}"#, status: 201),
            Case(
                method: "POST", target: "/v2/things", fields: Self.json, body: "{]", status: 400,
                code: "malformed_json"),
            Case(
                method: "POST", target: "/v2/things", fields: Self.json, status: 400,
                code: "missing"),
            Case(
                method: "POST", target: "/v2/things", fields: Self.json,
                body: #"{"data":{"type":"thing","attributes":{"name":"a"}}}"#, status: 400,
                code: "invalid_value"),
            Case(
                method: "POST", target: "/v2/things", body: "{}", status: 415,
                code: "unsupported_media_type"),
            Case(
                method: "POST", target: "/v2/things",
                fields: ["authorization": Credentials.key, "content-type": "text/plain"],
                body: "{}", status: 415, code: "unsupported_media_type"),
            Case(
                method: "POST", target: "/v2/things",
                fields: [
                    "authorization": Credentials.key, "content-type": "application/json",
                    "content-encoding": "gzip",
                ], body: "{}", status: 415, code: "unsupported_encoding"),
            Case(
                target: "/v2/things/me",
                fields: ["authorization": Credentials.key, "accept": "text/html"], status: 406,
                code: "not_acceptable"),
            Case(
                method: "POST", target: "/hook/1", body: String(repeating: "x", count: 65),
                status: 413, code: "body_too_large"),
            Case(
                method: "POST", target: "/v2/key", body: "{}", status: 400,
                code: "unexpected_body"),
            Case(
                method: "PATCH", target: "/v2/things/\(Shop.thingID)",
                fields: ["authorization": Credentials.key, "if-match": "\"v2\""], status: 412,
                code: "precondition_failed"),
            Case(
                method: "PATCH", target: "/v2/things/\(Shop.thingID)",
                fields: ["authorization": Credentials.key, "if-match": "\"v1\""], status: 204),
            Case(
                target: "/context", fields: ["idempotency-key": "a b"], status: 400,
                code: "invalid_header"),
            Case(target: "/fails", status: 500, code: "internal_error"),
        ])
    func answers(_ expected: Case) async throws {
        let answer = await (try Shop.edge()).answer(
            EdgeRequest(
                method: expected.method, target: expected.target, fields: expected.fields,
                body: Array(expected.body.utf8)))
        #expect(answer.status == expected.status)
        guard let code = expected.code else { return }
        let error = try answer.json()["errors"]?.array?.first
        #expect(error?["code"]?.string == code)
        #expect(error?["status"]?.integer == Int64(expected.status))
    }

    @Test(
        "codes of the inside have statuses at the edge and keep their secrets",
        arguments: [
            (RPCError.Code.invalidArgument, 400), (.outOfRange, 400), (.unauthenticated, 401),
            (.permissionDenied, 403), (.notFound, 404), (.alreadyExists, 409),
            (.failedPrecondition, 409), (.aborted, 409), (.resourceExhausted, 429),
            (.unavailable, 503), (.deadlineExceeded, 504), (.canceled, 504),
            (.unimplemented, 501), (.unknown, 500), (.internal, 500), (.dataLoss, 500),
        ])
    func codes(code: RPCError.Code, status: Int) async throws {
        let answer = try await Shop.answer("/rpc-error/\(code.rawValue)")
        #expect(answer.status == status)
        let text = try answer.text()
        if status >= 500 { #expect(!text.contains("secret")) }
        if [429, 503].contains(status) { #expect(answer.fields.first("retry-after") == "2") }
    }

    @Test("a refusal for want of credentials says how to authenticate")
    func challenge() async throws {
        let answer = try await Shop.answer("/v2/things/me", [:])
        #expect(answer.fields.first("www-authenticate") == "Basic realm=\"Covenant\"")
    }

    @Test("a wrong method is told the right ones")
    func allow() async throws {
        let answer = try await Shop.answer("/v2/things/\(Shop.thingID)", method: "PUT")
        #expect(answer.fields.first("allow") == "GET, HEAD, PATCH")
    }

    @Test("an error nobody mapped names the request and nothing more")
    func unmapped() async throws {
        let answer = try await Shop.answer("/fails", ["x-request-id": "r-1"])
        let error = try answer.json()["errors"]?.array?.first
        #expect(error?["meta"]?["request_id"] == "r-1")
        #expect(answer.fields.first("x-request-id") == "r-1")
        let text = try answer.text()
        #expect(!text.contains("Unmapped"))
    }

    @Test(
        "documents come in the form that is asked for",
        arguments: [
            ("application/json", "application/json"), ("*/*", "application/json"),
            ("application/vnd.api+json", "application/vnd.api+json"),
            ("application/cbor", "application/cbor"),
            ("text/html, application/*;q=0.5", "application/json"),
            ("application/json;q=0.1, application/cbor", "application/cbor"),
            ("application/json;q=0, */*", "application/vnd.api+json"),
        ])
    func forms(accept: String, type: String) async throws {
        let answer = try await Shop.answer(
            "/v2/things/me", ["authorization": Credentials.key, "accept": accept])
        #expect(answer.status == 200)
        #expect(answer.fields.first("content-type") == type)
        #expect(answer.fields.first("vary") == "Accept")
    }

    @Test("HEAD answers as GET does, without the body")
    func head() async throws {
        let answer = try await Shop.answer("/v2/things/me", method: "HEAD")
        #expect(answer.status == 200)
        #expect(answer.fields.first("content-length") == "11")
        #expect(try answer.text().isEmpty)
    }

    @Test("what the client has already is not sent again")
    func notModified() async throws {
        let answer = try await Shop.answer(
            "/v2/things/\(Shop.thingID)",
            ["authorization": Credentials.key, "if-none-match": "\"v0\", W/\"v1\""])
        #expect(answer.status == 304)
        #expect(answer.fields.first("etag") == "\"v1\"")
    }

    @Test("handlers run in the request's context")
    func context() async throws {
        let answer = try await Shop.answer(
            "/context",
            [
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "x-request-id": "abc", "idempotency-key": "k",
            ])
        #expect(
            try answer.json() == [
                "trace": "0af7651916cd43dd8448eb211c80319c", "deadline": true, "id": "abc",
                "key": "k",
            ])
    }

    @Test(
        "an operation with a document and a file answers the one that is asked for",
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"),
            ("application/x-lines", "application/x-lines"),
            ("application/x-lines, application/json;q=0.5", "application/x-lines"),
            ("application/x-lines;q=0.2, application/json", "application/json"),
        ])
    func streams(accept: String?, mediaType: String) async throws {
        var fields = HTTP2Fields()
        if let accept { fields.append("accept", accept) }
        let answer = try await Shop.answer("/lines", fields)
        #expect(answer.status == 200)
        #expect(answer.fields.first("content-type") == mediaType)
        #expect(answer.fields.first("vary") == "Accept")
        #expect(try await Shop.answer("/lines", ["accept": "text/html"]).status == 406)
    }

    @Test("a request id that could harm a log is replaced", arguments: ["a\"b", "", "a b", "é"])
    func requestID(id: String) async throws {
        let answer = try await Shop.answer("/context", ["x-request-id": id])
        let given = try #require(answer.fields.first("x-request-id"))
        #expect(given.count == 24)
    }

    @Test("more requests than may run at once are told to come back")
    func overload() async throws {
        var limits = PublicLimits()
        limits.requestsMax = 0
        let answer = await (try Shop.edge(limits: limits)).answer(
            EdgeRequest(method: "GET", target: "/context", fields: [:], body: []))
        #expect(answer.status == 503)
        #expect(answer.fields.first("retry-after") == "1")
    }

    @Test("a cancelled request is answered as late, and frees its slot")
    func cancelled() async throws {
        let edge = try Shop.edge()
        let task = Task {
            await edge.answer(EdgeRequest(method: "GET", target: "/slow", fields: [:], body: []))
        }
        task.cancel()
        #expect(await task.value.status == 504)
        #expect(edge.runningCount == 0)
    }

    @Test("operations that collide are refused at start")
    func collisions() {
        var twice = Shop.routes(gate: nil)
        twice.add(Shop.routes(gate: nil))
        #expect(throws: PublicRouterError.self) {
            try PublicEdge(
                twice, authenticator: CountingAuthenticator(), logger: Logger(label: "x"))
        }
        #expect(throws: PublicRouterError.self) {
            try PublicEdge(
                Shop.routes(gate: nil), authenticator: nil, logger: Logger(label: "x"))
        }
    }
}

extension Shop {
    static func answer(
        _ target: String, _ fields: HTTP2Fields = ["authorization": Credentials.key],
        method: String = "GET"
    ) async throws -> EdgeAnswer {
        await (try Self.edge()).answer(
            EdgeRequest(method: method, target: target, fields: fields, body: []))
    }
}

extension EdgeAnswer {
    func text() throws -> String {
        guard case .whole(let bytes) = self.body else { throw Shop.Unmapped() }
        return String(decoding: bytes, as: UTF8.self)
    }

    func json() throws -> JSON { try JSON(parsing: try self.text()) }
}
