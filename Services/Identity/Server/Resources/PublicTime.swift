import FoundationEssentials
import JSONAPI

extension JSON {
    /// A time in milliseconds since 1970, as RFC 3339 has it, in UTC with milliseconds.
    static func time(_ milliseconds: Int64) -> JSON {
        .string(
            Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
                .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
