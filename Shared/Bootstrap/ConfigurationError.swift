/// A configuration that cannot be used; found before anything is opened.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Every problem, one a line, each naming the setting and where its value came from.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }

    init(problems: [String]) { self.description = problems.joined(separator: "\n") }
}
