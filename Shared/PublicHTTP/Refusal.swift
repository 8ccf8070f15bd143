import JSONAPI

/// The answers of the listener itself.
enum Refusal {
    static let unauthenticated = APIError(
        401, "unauthenticated",
        "No valid credentials were provided: send Basic authentication with e-mail and API key.",
        source: .header("Authorization"))

    static let forged = APIError(
        403, "csrf_token_invalid",
        "A request that changes something by a session needs the session's X-CSRF-Token.",
        source: .header("X-CSRF-Token"))

    static let malformedPath = APIError(400, "malformed_path", "The path is malformed.")

    static let overloaded = APIError(
        503, "overloaded", "Too many requests are being handled; try again.",
        retryAfterSeconds: FixedPublicLimits.retryAfterSeconds)

    static let deadlineExceeded = APIError(
        504, "deadline_exceeded",
        "It took too long. It may have been carried out all the same: look before repeating it.")

    static func noPath(_ path: String) -> APIError {
        .notFound("There is nothing at \(path).")
    }

    static func methodNotAllowed(_ method: String, allowed: String) -> APIError {
        APIError(405, "method_not_allowed", "\(method) is not possible here, only \(allowed).")
    }

    static func bodyTooLarge(_ bytesMax: Int) -> APIError {
        APIError(413, "body_too_large", "The body may have at most \(bytesMax) bytes.")
    }

    static func unsupportedMediaType(_ sent: String?) -> APIError {
        let sent = sent.map { "not \($0)" } ?? "and there is no Content-Type header"
        return APIError(
            415, "unsupported_media_type",
            "The body must be application/json or application/vnd.api+json, \(sent).",
            source: .header("Content-Type"))
    }

    static let unsupportedEncoding = APIError(
        415, "unsupported_encoding", "The body must not be compressed.",
        source: .header("Content-Encoding"))

    static let notAcceptable = APIError(
        406, "not_acceptable",
        "Answers are application/json, application/vnd.api+json or application/cbor.",
        source: .header("Accept"))

    static let headersTooLarge = APIError(
        431, "headers_too_large", "The header fields are too large or too many.")

    static let targetTooLong = APIError(414, "uri_too_long", "The path and query are too long.")

    static let tooSlow = APIError(408, "request_timeout", "The request came too slowly.")

    static let malformedRequest = APIError(
        400, "malformed_request", "The request is not well-formed HTTP.")

    static let hostMismatch = APIError(
        400, "invalid_host", "There must be exactly one Host, the one of the URI, without a user.",
        source: .header("Host"))

    static let unsupportedTransferEncoding = APIError(
        501, "unsupported_transfer_encoding", "The only transfer coding is chunked, in HTTP/1.1.",
        source: .header("Transfer-Encoding"))

    static let unmetExpectation = APIError(
        417, "expectation_failed", "The only expectation that can be met is 100-continue.",
        source: .header("Expect"))

    static let failedWithoutAnswer = APIError(
        500, "internal_error", "Something went wrong on our side.")

    static let unexpectedBody = APIError(
        400, "unexpected_body", "This operation takes no body.", source: .pointer(""))

    static let missingBody = APIError(
        400, "missing", "The request has no body.", source: .pointer(""))

    static let keyedRequestRunning = APIError(
        409, "idempotency_key_running",
        "The first request with this Idempotency-Key is still being answered; try again.",
        source: .header("Idempotency-Key"), retryAfterSeconds: FixedPublicLimits.retryAfterSeconds)

    static let keyReused = APIError(
        422, "idempotency_key_reused",
        "The Idempotency-Key was used before for another request; take a new one.",
        source: .header("Idempotency-Key"))

    static let outcomeUnknown = APIError(
        409, "outcome_unknown",
        "The first request with this Idempotency-Key was interrupted: look whether it was carried "
            + "out. It is not carried out again under this key.",
        source: .header("Idempotency-Key"))

    static let tooManyKeys = APIError(
        503, "too_many_idempotency_keys",
        "As many answers are kept as may be; try again, or without an Idempotency-Key.",
        source: .header("Idempotency-Key"), retryAfterSeconds: FixedPublicLimits.retryAfterSeconds)

    static func internalError(requestID: String) -> APIError {
        APIError(
            500, "internal_error",
            "Something went wrong on our side; the request is known as \(requestID).",
            meta: ["request_id": .string(requestID)])
    }
}
