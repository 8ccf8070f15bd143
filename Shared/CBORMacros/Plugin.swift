import SwiftCompilerPlugin
import SwiftSyntaxMacros

/// The compiler's way into this module.
@main
struct Plugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [MessageMacro.self]
}
