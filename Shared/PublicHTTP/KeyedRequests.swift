import Crypto
import HTTP2
import Identifiers
import JSONAPI
import RPC

/// Answers requests that have an `Idempotency-Key`: each at most once, repetitions as the first time.
///
/// A request is repeated by the same user under the same key with the same path, query and body.
/// What the operation says for good is kept, refusals included. Refusals that ask to try again are
/// not, and neither is what failed on our side: then nobody knows what was done.
///
/// A key is kept as its digest, and an answer sealed by the key and the request (AES-GCM): some
/// answers hold secrets that are kept nowhere else, and who reads the database reads none of them.
struct KeyedRequests: Sendable {
    private let calls: KeyedCalls

    init(_ store: any AnswerStore) { self.calls = KeyedCalls(store) }

    /// Answers a request by carrying it out, or as the first time.
    func answer(
        _ request: PublicRequest, _ target: String, key: String,
        carryOut: () async throws -> PublicResponse
    ) async throws -> PublicResponse {
        let content = Array("\(target)\n".utf8) + request.body
        let seal = AnswerSeal(key: key, content: content)
        let call = KeyedCallID(
            caller: PeerName("public/\(request.principal?.user.text ?? "")"),
            method: "\(request.route.method.rawValue) \(request.route.id)", key: seal.keyDigest)
        var response: PublicResponse?
        let answer = await self.calls.answer(call, .unsafe, content) { _ in
            let first = try await Self.wording(request, carryOut)
            response = first
            let bytes = try KeptResponse(first).map { try seal.close($0) }
            guard let bytes, bytes.count <= FixedPublicLimits.keyedAnswerBytesMax else {
                throw NotKept(error: nil)
            }
            return .message(bytes)
        }
        do {
            guard case .message(let bytes, _) = try answer.result.get() else {
                throw Refusal.outcomeUnknown
            }
            if let response { return response }
            var again = try seal.open(bytes).response()
            again.fields.append("idempotency-replayed", "true")
            return again
        } catch let notKept as NotKept {
            if let error = notKept.error { throw error }
            return response ?? PublicResponse(status: 204)
        } catch let error as RPCError {
            throw Self.refusal(error)
        }
    }

    /// What the operation answers; a refusal that is for good becomes an answer like any other.
    private static func wording(
        _ request: PublicRequest, _ carryOut: () async throws -> PublicResponse
    ) async throws -> PublicResponse {
        do {
            return try await carryOut()
        } catch {
            let errors = APIErrors(of: error, requestID: request.requestID)
            guard errors.status < 500, errors.retryAfterSeconds == nil,
                !(error is CancellationError)
            else { throw NotKept(error: error, isRefused: errors.retryAfterSeconds != nil) }
            return PublicResponse(status: errors.status, body: .json(errors.json))
        }
    }

    private static func refusal(_ error: RPCError) -> any Error {
        switch error {
        case KeyedCalls.stillRunning: Refusal.keyedRequestRunning
        case KeyedCalls.otherContent: Refusal.keyReused
        case KeyedCalls.outcomeUnknown: Refusal.outcomeUnknown
        case KeyedCalls.full: Refusal.tooManyKeys
        default: error
        }
    }

    /// An answer that is given once only.
    private struct NotKept: Error, RPCErrorConvertible {
        /// What was thrown; `nil` when the answer cannot be kept.
        var error: (any Error)?
        /// Whether nothing was done and the client was asked to try again.
        var isRefused = false

        var rpcError: RPCError {
            self.isRefused
                ? RPCError(.unavailable, "not carried out", retryPushbackMilliseconds: 0)
                : RPCError(.unknown, "the answer is not kept")
        }
    }
}

/// Seals the answer to a request by what only its client has: the idempotency key.
private struct AnswerSeal {
    private let key: SymmetricKey
    /// What the key is kept as.
    let keyDigest: String

    init(key: String, content: [UInt8]) {
        let digest = SHA256.hash(data: Array(key.utf8))
        self.keyDigest = digest.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(key.utf8)),
            salt: Array(SHA256.hash(data: content)),
            info: Array("covenant idempotency answer".utf8), outputByteCount: 32)
    }

    func close(_ response: KeptResponse) throws -> [UInt8] {
        let box = try AES.GCM.seal(try response.bytes(), using: self.key)
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    func open(_ bytes: [UInt8]) throws -> KeptResponse {
        try KeptResponse(Array(AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: self.key)))
    }
}
