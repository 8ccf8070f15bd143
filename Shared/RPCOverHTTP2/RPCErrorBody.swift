import CBOR
import RPC

/// The body of an error answer: a CBOR map.
struct RPCErrorBody: Codable {
    var code: String
    var message: String
    var details: [RPCError.Detail]?
    var retryable: Bool?

    init(_ error: RPCError) {
        self.code = error.code.rawValue
        self.message = error.message
        self.details = error.details.isEmpty ? nil : error.details
        self.retryable =
            error.code == .unavailable && (error.retryPushbackMilliseconds ?? 0) >= 0 ? true : nil
    }

    func error(pushback: Int?, metadata: RPCMetadata) -> RPCError {
        RPCError(
            RPCError.Code(rawValue: self.code) ?? .unknown, self.message,
            details: self.details ?? [], retryPushbackMilliseconds: pushback, metadata: metadata)
    }
}
