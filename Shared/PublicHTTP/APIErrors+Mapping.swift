import JSONAPI
import RPC

extension APIErrors {
    /// What a client is told of an error that a handler threw.
    ///
    /// An error nobody mapped says that something went wrong, names the request, and nothing more.
    init(of error: any Error, requestID: String) {
        switch error {
        case let errors as APIErrors: self = errors
        case let error as APIError: self.init(error)
        case let error as any RPCErrorConvertible:
            self.init(Self.translate(error.rpcError, requestID: requestID))
        default: self.init(Refusal.internalError(requestID: requestID))
        }
    }

    /// The table of codes and statuses at the public edge.
    private static func translate(_ error: RPCError, requestID: String) -> APIError {
        let word = error.code.rawValue
        switch error.code {
        case .invalidArgument, .outOfRange: return APIError(400, word, error.message)
        case .unauthenticated: return Refusal.unauthenticated
        case .permissionDenied: return .forbidden(error.message)
        case .notFound: return .notFound(error.message)
        case .alreadyExists, .failedPrecondition, .aborted:
            return .conflict(word, error.message)
        case .resourceExhausted:
            return APIError(429, word, error.message, retryAfterSeconds: Self.wait(error))
        case .unavailable:
            return APIError(
                503, word, "A part of the service cannot be reached; try again.",
                retryAfterSeconds: Self.wait(error))
        case .deadlineExceeded, .canceled: return Refusal.deadlineExceeded
        case .unimplemented:
            return APIError(501, word, "This installation does not offer it.")
        case .unknown, .internal, .dataLoss:
            return Refusal.internalError(requestID: requestID)
        }
    }

    private static func wait(_ error: RPCError) -> Int {
        guard let milliseconds = error.retryPushbackMilliseconds, milliseconds > 0 else {
            return FixedPublicLimits.retryAfterSeconds
        }
        return (milliseconds + 999) / 1000
    }
}
