import SwiftSyntax
import SwiftSyntaxBuilder

extension MessageField {
    /// The coded properties of a struct, in ascending order of their keys.
    static func fields(
        of declaration: StructDeclSyntax, _ generics: GenericNames
    ) throws -> [MessageField] {
        let keys = try MessageKeys(declaration.memberBlock)
        var fields: [MessageField] = []
        for member in declaration.memberBlock.members {
            guard let variable = member.decl.as(VariableDeclSyntax.self) else { continue }
            if let field = try self.field(variable, keys, generics) { fields.append(field) }
        }
        return fields.sorted { MessageKey.isBefore($0.key, $1.key) }
    }

    /// The field of a stored property; `nil` for what is not coded.
    private static func field(
        _ variable: VariableDeclSyntax, _ keys: MessageKeys, _ generics: GenericNames
    ) throws -> MessageField? {
        let modifiers = variable.modifiers.map(\.name.text)
        guard !modifiers.contains("static"), let binding = variable.bindings.first else {
            return nil
        }
        if binding.accessorBlock.map(self.isComputed) ?? false { return nil }
        guard variable.bindings.count == 1,
            let pattern = binding.pattern.as(IdentifierPatternSyntax.self)
        else { throw MessageProblem(.pattern, variable) }
        let name = pattern.identifier.plainName
        if let attribute = variable.attributes.first(where: { !self.isHarmless($0) }) {
            throw MessageProblem(.wrapped(name), attribute)
        }
        if modifiers.contains("lazy") { throw MessageProblem(.lazy(name), variable) }
        let isConstant = variable.bindingSpecifier.tokenKind == .keyword(.let)
        let type = binding.typeAnnotation?.type ?? self.literalType(binding.initializer?.value)
        guard let key = keys.key(of: name) else {
            // Codable leaves out what has no key, and decoding keeps the initial value.
            let isOptional = type.map(self.isOptionalType) ?? false
            if binding.initializer == nil, isConstant || !isOptional {
                throw MessageProblem(.keyMissing(name), pattern)
            }
            return nil
        }
        if isConstant, binding.initializer != nil {
            throw MessageProblem(.constant(name), variable)
        }
        guard let type else { throw MessageProblem(.noType(name), pattern) }
        return try MessageField(name: name, key: key, type: type, generics)
    }

    init(
        name: String, key: MessageKey, type: TypeSyntax, ofCase choice: String? = nil,
        _ generics: GenericNames
    ) throws {
        if let parameter = generics.mentioned(in: type) {
            throw MessageProblem(.genericType(name, parameter), type)
        }
        let wrapped = Self.wrapped(type)
        let plain = wrapped ?? type
        guard
            plain.is(IdentifierTypeSyntax.self) || plain.is(MemberTypeSyntax.self)
                || plain.is(ArrayTypeSyntax.self) || plain.is(DictionaryTypeSyntax.self)
                || plain.is(OptionalTypeSyntax.self)
        else {
            throw MessageProblem(.unsupportedType(name, type.trimmedDescription), type)
        }
        self.name = name
        self.key = key
        self.type = plain.trimmedDescription
        self.isOptional = wrapped != nil
        self.alias = choice.map { "\($0)_\(name)" } ?? name
    }

    private static func isComputed(_ block: AccessorBlockSyntax) -> Bool {
        switch block.accessors {
        case .getter: true
        case .accessors(let accessors):
            accessors.contains {
                !["willSet", "didSet"].contains($0.accessorSpecifier.text)
            }
        }
    }

    /// Whether an attribute leaves storage as it is.
    private static func isHarmless(_ element: AttributeListSyntax.Element) -> Bool {
        guard case .attribute(let attribute) = element else { return false }
        return ["available", "usableFromInline"].contains(
            attribute.attributeName.trimmedDescription)
    }

    private static func isOptionalType(_ type: TypeSyntax) -> Bool { self.wrapped(type) != nil }

    private static func wrapped(_ type: TypeSyntax) -> TypeSyntax? {
        if let optional = type.as(OptionalTypeSyntax.self) { return optional.wrappedType }
        guard let name = type.as(IdentifierTypeSyntax.self), name.name.text == "Optional",
            let argument = name.genericArgumentClause?.arguments.first?.argument
        else { return nil }
        return TypeSyntax(argument)
    }

    /// The type of a property that only its initial value shows.
    private static func literalType(_ value: ExprSyntax?) -> TypeSyntax? {
        switch value?.kind {
        case .booleanLiteralExpr: "Bool"
        case .integerLiteralExpr: "Int"
        case .floatLiteralExpr: "Double"
        case .stringLiteralExpr: "String"
        default: nil
        }
    }
}
