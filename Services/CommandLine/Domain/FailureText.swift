import CBOR
package import RPC

/// A failed call as it is told to a person.
package struct FailureText: Sendable {
    private let error: RPCError

    /// Tells of this error.
    package init(_ error: RPCError) { self.error = error }

    /// The code and the message on one line, then each detail and the wait asked for.
    ///
    /// A detail is shown in CBOR's diagnostic notation (RFC 8949 section 8).
    package var text: String {
        var lines = ["\(self.error.code.rawValue): \(self.error.message)"]
        for detail in self.error.details {
            let value = try? CBORDecoder().decode(CBORValue.self, from: detail.value)
            let shown = value ?? CBORValue.bytes(detail.value)
            lines.append("  \(detail.type): \(shown.description)")
        }
        switch self.error.retryPushbackMilliseconds {
        case nil: break
        case let wait? where wait < 0: lines.append("  the service asks not to try again")
        case let wait?: lines.append("  the service asks to wait \(wait) ms before trying again")
        }
        return lines.joined(separator: "\n")
    }
}
