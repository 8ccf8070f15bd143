public import SwiftSyntax
import SwiftSyntaxBuilder
public import SwiftSyntaxMacros

/// Writes the `CBORMessage` conformance of a struct or an enum.
public struct MessageMacro: ExtensionMacro {
    /// Makes one extension, or none and a diagnostic for what cannot be coded.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        do {
            let shape = try self.shape(of: declaration, node, context)
            let source = MessageSource(
                type: type.trimmedDescription, shape: shape,
                access: Self.access(of: declaration), conforms: !protocols.isEmpty)
            return [try ExtensionDeclSyntax("\(raw: source.text)")]
        } catch let problem as MessageProblem {
            context.diagnose(problem.diagnostic)
            return []
        }
    }

    private static func shape(
        of declaration: some DeclGroupSyntax, _ node: AttributeSyntax,
        _ context: some MacroExpansionContext
    ) throws -> MessageShape {
        try MessageShape(
            declaration, attribute: node, generics: GenericNames(declaration, context))
    }

    /// The access that the members need, to be seen wherever the type is.
    private static func access(of declaration: some DeclGroupSyntax) -> String {
        for modifier in declaration.modifiers
        where ["public", "package"].contains(modifier.name.text) {
            return "\(modifier.name.text) "
        }
        return ""
    }
}

extension MessageMacro: MemberMacro {
    /// Names the types of the fields, or nothing where the extension tells what is wrong.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let shape = try? self.shape(of: declaration, node, context),
            let types = MessageSource.types(of: shape)
        else { return [] }
        return ["\(raw: types)"]
    }
}

/// The names of the generic parameters in sight of a declaration.
struct GenericNames {
    private var names: Set<String> = []

    init(_ declaration: some DeclGroupSyntax, _ context: some MacroExpansionContext) {
        self.add(Syntax(declaration))
        for outer in context.lexicalContext { self.add(outer) }
    }

    private mutating func add(_ node: Syntax) {
        let clause = node.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause
        for parameter in clause?.parameters ?? [] { self.names.insert(parameter.name.text) }
    }

    /// The parameter that a type mentions, if it does.
    func mentioned(in type: TypeSyntax) -> String? {
        type.tokens(viewMode: .sourceAccurate).lazy.map(\.text).first { self.names.contains($0) }
    }
}
