/// A method as a person names it: `SERVICE/METHOD`.
package struct MethodName: Hashable, Sendable, CustomStringConvertible {
    /// The service, with its version.
    package let service: String
    /// The method; `nil` when the whole service is meant.
    package let method: String?

    /// Reads `SERVICE` or `SERVICE/METHOD`; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.service = String(parts[0])
        self.method = parts.count == 2 ? String(parts[1]) : nil
    }

    package var description: String {
        self.method.map { "\(self.service)/\($0)" } ?? self.service
    }
}
