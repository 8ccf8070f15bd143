/// The name of a contract or a workspace: 3 to 40 letters, digits, white spaces, `-` and `_`.
///
/// Letters and digits are those of any script, with the marks that belong to them. White space is
/// a tab or any Unicode space that does not end a line. Length is counted in Unicode scalars.
package struct ContractName: Hashable, Sendable {
    /// The allowed lengths.
    package static let lengths = 3...40
    /// What is expected, to complete "must be".
    package static let expectation =
        "a name of 3 to 40 letters, digits, white spaces, - and _ symbols"
    /// The rule as an ECMA-262 pattern, for documentation.
    package static let pattern = #"^[\p{L}\p{M}\p{Nd}\p{Zs}\t_-]{3,40}$"#

    /// The name.
    package let text: String

    /// Reads a name; `nil` when it breaks the rule.
    package init?(_ text: String) {
        let scalars = text.unicodeScalars
        guard Self.lengths.contains(scalars.count), scalars.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.text = text
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .spaceSeparator:
            true
        default: scalar == "-" || scalar == "_" || scalar == "\t"
        }
    }
}
