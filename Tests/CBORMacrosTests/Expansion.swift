import CBORMacros
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

/// Expands `@Message` in a source and compares, for Swift Testing.
func expectExpansion(
    _ source: String, _ expanded: String, diagnostics: [DiagnosticSpec] = [],
    location: SourceLocation = #_sourceLocation
) {
    assertMacroExpansion(
        source, expandedSource: expanded, diagnostics: diagnostics,
        macroSpecs: ["Message": MacroSpec(type: MessageMacro.self, conformances: ["CBORMessage"])],
        failureHandler: { failure in
            Issue.record(Comment(rawValue: failure.message), sourceLocation: location)
        })
}
