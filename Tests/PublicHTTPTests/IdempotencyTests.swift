import HTTP2
import Identifiers
import JSONAPI
import Logging
import RPC
import Synchronization
import TestKit
import Testing

@testable import PublicHTTP

@Suite("POST with an Idempotency-Key")
struct IdempotencyTests {
    /// A till that counts what it did.
    final class Till: Sendable {
        let counter = AnswerCounter()
        let gate = Gate()
        let begun = Gate()
        let store: MemoryAnswerStore
        let edge: PublicEdge

        init(limits: AnswerLimits = AnswerLimits()) throws {
            let counter = self.counter
            let gate = self.gate
            let begun = self.begun
            var routes = PublicRoutes()
            routes.on(Self.route("/sales", body: .bytes)) { request in
                counter.add()
                switch String(decoding: request.body, as: UTF8.self) {
                case "refused": throw APIError.conflict("sold_out", "There is none left.")
                case "later":
                    throw APIError(409, "busy", "Try again.", retryAfterSeconds: 1)
                case "crash": throw Shop.Unmapped()
                case "wait":
                    begun.open()
                    await gate.pass()
                case "bytes": return .bytes([1, 2, 3], mediaType: "application/octet-stream")
                default: break
                }
                return PublicResponse(
                    status: 201, fields: ["location": "/sales/\(counter.count)"],
                    body: .json(["sale": .integer(counter.count), "secret": "swordfish"]),
                    entityTag: "v\(counter.count)")
            }
            routes.on(Self.route("/open", authentication: .none)) { _ in
                counter.add()
                return .json(["visit": .integer(counter.count)])
            }
            self.store = MemoryAnswerStore(limits: limits)
            self.edge = try PublicEdge(
                routes, authenticator: TwoUsers(), answers: self.store,
                logger: Logger(label: "till") { _ in SwiftLogNoOpLogHandler() })
        }

        private static func route(
            _ path: PathTemplate, authentication: Route.Authentication = .apiKey,
            body: Route.Body = .none
        ) -> Route {
            Route(
                .post, path, id: path.text, summary: "", permission: "",
                authentication: authentication, body: body, answers: [.init(201, "")])
        }

        func post(
            _ body: String, key: String? = "k-1", target: String = "/sales",
            as credentials: String? = Credentials.key, accept: String = "application/json"
        ) async -> EdgeAnswer {
            var fields: HTTP2Fields = ["accept": accept]
            if let credentials { fields.append("authorization", credentials) }
            if let key { fields.append("idempotency-key", key) }
            return await self.edge.answer(
                EdgeRequest(
                    method: "POST", target: target, fields: fields, body: Array(body.utf8)))
        }
    }

    /// Knows ada and bob.
    struct TwoUsers: Authenticator {
        func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
            guard
                var principal = try await CountingAuthenticator().authenticate(
                    BasicCredentials(
                        email: "ada@example.com", secret: Secret("key"), mayBePassword: false))
            else { return nil }
            if credentials.email == "bob@example.com" {
                principal.user = .init(secondsSince1970: 7)
            }
            return principal
        }

        func authenticate(_ session: SessionToken) async throws -> Principal? { nil }

        /// bob@example.com:key
        static let bob = "Basic Ym9iQGV4YW1wbGUuY29tOmtleQ=="
    }

    private static func code(_ answer: EdgeAnswer) throws -> String? {
        try answer.json()["errors"]?.array?.first?["code"]?.string
    }

    @Test("a repetition gets the same answer, and nothing is done again")
    func same() async throws {
        let till = try Till()
        let first = await till.post("tea")
        let again = await till.post("tea")
        #expect(first.status == 201)
        #expect(again.status == 201)
        #expect(try again.json() == first.json())
        for name in ["location", "etag", "content-type"] {
            #expect(again.fields.first(name) == first.fields.first(name), "\(name)")
        }
        #expect(first.fields.first("idempotency-replayed") == nil)
        #expect(again.fields.first("idempotency-replayed") == "true")
        #expect(till.counter.count == 1)
        let quoted = await till.post("tea", key: "\"k-1\"")
        #expect(try quoted.json() == first.json(), "a structured field's string")
        let cbor = await till.post("tea", accept: "application/cbor")
        #expect(cbor.fields.first("content-type") == "application/cbor")
        let bytes = await till.post("bytes", key: "k-2")
        let sameBytes = await till.post("bytes", key: "k-2")
        #expect(try sameBytes.text() == bytes.text())
        #expect(till.counter.count == 2)
    }

    @Test("another key, no key, another user or another operation is another request")
    func others() async throws {
        let till = try Till()
        _ = await till.post("tea")
        #expect(await till.post("tea", key: "k-2").fields.first("location") == "/sales/2")
        #expect(await till.post("tea", key: nil).fields.first("location") == "/sales/3")
        #expect(await till.post("tea", key: nil).fields.first("location") == "/sales/4")
        #expect(await till.post("tea", as: TwoUsers.bob).fields.first("location") == "/sales/5")
        let open = await till.post("", target: "/open", as: nil)
        #expect(try open.json() == ["visit": 6])
        #expect(try await till.post("", target: "/open", as: nil).json() == ["visit": 6])
    }

    @Test("another body or query under the same key is refused with 422", arguments: [true, false])
    func otherContent(isBody: Bool) async throws {
        let till = try Till()
        _ = await till.post("tea")
        let other =
            isBody ? await till.post("coffee") : await till.post("tea", target: "/sales/?")
        #expect(other.status == 422)
        #expect(try Self.code(other) == "idempotency_key_reused")
        let source = try other.json()["errors"]?.array?.first?["source"]
        #expect(source == ["header": "Idempotency-Key"])
        #expect(till.counter.count == 1)
    }

    @Test("while the first is running, a repetition is told so with 409")
    func running() async throws {
        let till = try Till()
        async let first = till.post("wait")
        await till.begun.pass()
        let second = await till.post("wait")
        #expect(second.status == 409)
        #expect(try Self.code(second) == "idempotency_key_running")
        #expect(second.fields.first("retry-after") == "1")
        till.gate.open()
        #expect(await first.status == 201)
        #expect(await till.post("wait").fields.first("location") == "/sales/1")
    }

    @Test("a refusal is repeated, one that asks to try again is not")
    func refusals() async throws {
        let till = try Till()
        for _ in 0..<2 {
            let refused = await till.post("refused")
            #expect(refused.status == 409)
            #expect(try Self.code(refused) == "sold_out")
        }
        #expect(till.counter.count == 1)
        for count in 2...3 {
            #expect(try Self.code(await till.post("later", key: "k-2")) == "busy")
            #expect(till.counter.count == count)
        }
    }

    @Test("what failed on our side is not done again under its key")
    func unknown() async throws {
        let till = try Till()
        #expect(await till.post("crash").status == 500)
        let again = await till.post("crash")
        #expect(again.status == 409)
        #expect(try Self.code(again) == "outcome_unknown")
        #expect(till.counter.count == 1)
    }

    @Test("more keys than are kept are refused for now")
    func full() async throws {
        var limits = AnswerLimits()
        limits.answersMax = 1
        let till = try Till(limits: limits)
        #expect(await till.post("tea").status == 201)
        let full = await till.post("tea", key: "k-2")
        #expect(full.status == 503)
        #expect(try Self.code(full) == "too_many_idempotency_keys")
        #expect(till.counter.count == 1)
    }

    @Test("what is kept shows neither the key nor the answer")
    func sealed() async throws {
        let kept = Mutex<[[UInt8]]>([])
        let spy = SpyStore(kept: { bytes in kept.withLock { $0.append(bytes) } })
        var routes = PublicRoutes()
        routes.on(
            Route(
                .post, "/key", id: "key", summary: "", permission: "", authentication: .none,
                answers: [.init(200, "")])
        ) { _ in .json(["api_key": "swordfish"]) }
        let edge = try PublicEdge(
            routes, authenticator: nil, answers: spy, logger: Logger(label: "x"))
        let answer = await edge.answer(
            EdgeRequest(
                method: "POST", target: "/key", fields: ["idempotency-key": "open-sesame"],
                body: []))
        #expect(answer.status == 200)
        let text = kept.withLock { $0.map { String(decoding: $0, as: UTF8.self) }.joined() }
        #expect(!text.isEmpty)
        #expect(!text.contains("swordfish"))
        #expect(!text.contains("open-sesame"))
    }

    /// Sees everything that a store is given.
    private struct SpyStore: AnswerStore {
        let store = MemoryAnswerStore()
        let kept: @Sendable ([UInt8]) -> Void

        func begin(_ call: KeyedCallID, content: [UInt8]) async throws -> KeyedBeginning {
            self.kept(Array("\(call.caller) \(call.method) \(call.key)".utf8))
            return try await self.store.begin(call, content: content)
        }

        func finish(_ call: KeyedCallID, _ outcome: KeyedOutcome) async throws {
            if case .answered(.reply(let bytes, _)) = outcome { self.kept(bytes) }
            try await self.store.finish(call, outcome)
        }

        func forgetExpired() async throws -> Int { try await self.store.forgetExpired() }
    }
}
