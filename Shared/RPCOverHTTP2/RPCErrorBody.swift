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

    func error(pushback: Int?) -> RPCError {
        RPCError(
            RPCError.Code(rawValue: self.code) ?? .unknown, self.message,
            details: self.details ?? [], retryPushbackMilliseconds: pushback)
    }
}

/// The last item of a streamed answer: code, message and details; no code means that all went well.
struct RPCEndMap: Codable {
    var c: String?
    var m: String?
    var d: [RPCError.Detail]?

    init(_ error: RPCError?) {
        self.c = error?.code.rawValue
        self.m = error?.message
        self.d = error.flatMap { $0.details.isEmpty ? nil : $0.details }
    }

    var error: RPCError? {
        guard let code = self.c else { return nil }
        return RPCError(
            RPCError.Code(rawValue: code) ?? .unknown, self.m ?? "", details: self.d ?? [])
    }
}
