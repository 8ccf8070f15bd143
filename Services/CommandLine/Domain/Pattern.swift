/// The regular expressions that descriptions of texts carry.
enum Pattern {
    /// Whether the whole text matches; an empty pattern, and one that cannot be read, takes any.
    static func isMatched(by text: String, _ pattern: String) -> Bool {
        guard !pattern.isEmpty, let regex = try? Regex(pattern) else { return true }
        return text.wholeMatch(of: regex) != nil
    }

    /// A text that matches, out of the forms that texts usually have; the pattern itself when none
    /// of them does, so that a reader sees what is wanted.
    static func example(of pattern: String) -> String {
        self.usual.first { self.isMatched(by: $0, pattern) } ?? pattern
    }

    private static let usual = ["5b87aded2dfb980011537690", "text", "1", "a"]
}
