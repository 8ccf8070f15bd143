import AsyncHTTPClient
import FlowRuntimeAPI
import NIOCore

/// Why a request brought no good answer.
enum HTTPFailure: Error, Hashable {
    case badURL
    case unknownHost
    case refusedAddress
    case status(Int)
    case tooLarge
    case timeout
    /// No connection, or one that broke.
    case connection(String)

    init(of error: any Error) {
        switch error {
        case let failure as HTTPFailure: self = failure
        case AddressResolver.Failure.unknown: self = .unknownHost
        case AddressResolver.Failure.refused: self = .refusedAddress
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPClientError:
            self =
                Self.timeouts.contains(error) ? .timeout : .connection(error.shortDescription)
        default: self = .connection("\(type(of: error))")
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    /// The failure of the step.
    func failure(step: String) -> StepFailure {
        let (code, message, isTransient) = self.told
        return StepFailure(step: step, code: code, message: message, isTransient: isTransient)
    }

    private var told: (code: String, message: String, isTransient: Bool) {
        switch self {
        case .badURL: ("url_invalid", "The URL can not be read.", false)
        case .unknownHost: ("host_unknown", "The host's name has no address.", true)
        case .refusedAddress:
            ("address_refused", "The host's address is not one that flows may reach.", false)
        case .status(let status):
            (
                "http_status", "The server answered \(status).",
                status >= 500 || status == 429 || status == 408
            )
        case .tooLarge: ("http_too_large", "The answer is longer than is taken.", false)
        case .timeout: ("http_timeout", "The server did not answer in time.", true)
        case .connection(let why): ("http_connection", "The connection failed: \(why).", true)
        }
    }
}
