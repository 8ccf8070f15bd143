package import RPC

/// How a command ends, for scripts: 0, 64 for a mistake of the caller's, 64 and more for an error
/// that the service or the way to it answered with.
package enum ExitStatus {
    /// The command line or the JSON is wrong; nothing was sent (sysexits.h, EX_USAGE).
    package static let usage: Int32 = 64

    /// 64 and gRPC's number of the code: 65 for `canceled` to 80 for `unauthenticated`.
    package static func of(_ code: RPCError.Code) -> Int32 {
        let number: Int32 =
            switch code {
            case .canceled: 1
            case .unknown: 2
            case .invalidArgument: 3
            case .deadlineExceeded: 4
            case .notFound: 5
            case .alreadyExists: 6
            case .permissionDenied: 7
            case .resourceExhausted: 8
            case .failedPrecondition: 9
            case .aborted: 10
            case .outOfRange: 11
            case .unimplemented: 12
            case .internal: 13
            case .unavailable: 14
            case .dataLoss: 15
            case .unauthenticated: 16
            }
        return self.usage + number
    }
}
