import SwiftSyntax

/// What a declaration says about how its values are coded.
enum MessageShape {
    case record([MessageField])
    case choice([MessageCase])
    case words([MessageWord])
    case numbers(type: String, [MessageWord])

    init(
        _ declaration: some DeclGroupSyntax, attribute: AttributeSyntax, generics: GenericNames
    ) throws {
        for member in declaration.memberBlock.members {
            if member.decl.is(IfConfigDeclSyntax.self) {
                throw MessageProblem(.conditionalMembers, member.decl)
            }
            if Self.isOwnCoding(member.decl) { throw MessageProblem(.ownCoding, member.decl) }
        }
        if let type = declaration.as(StructDeclSyntax.self) {
            self = .record(try MessageField.fields(of: type, generics))
        } else if let type = declaration.as(EnumDeclSyntax.self) {
            self = try Self.enumeration(type, generics)
        } else {
            throw MessageProblem(.notStructOrEnum, attribute)
        }
    }

    private static func isOwnCoding(_ member: DeclSyntax) -> Bool {
        let parameters: FunctionParameterListSyntax
        let label: String
        if let function = member.as(FunctionDeclSyntax.self), function.name.text == "encode" {
            (parameters, label) = (function.signature.parameterClause.parameters, "to")
        } else if let initializer = member.as(InitializerDeclSyntax.self) {
            (parameters, label) = (initializer.signature.parameterClause.parameters, "from")
        } else {
            return false
        }
        guard parameters.count == 1, let first = parameters.first else { return false }
        return first.firstName.text == label && first.type.trimmedDescription.hasSuffix("coder")
    }
}

/// A property of a struct, or a value that comes with a case.
struct MessageField {
    /// The name in Swift, without backticks.
    let name: String
    let key: MessageKey
    /// The type, without the question mark if it is optional.
    let type: String
    let isOptional: Bool
    /// What stands for the type in the extension.
    let alias: String
}

extension MessageShape {
    /// Every field, those that come with cases too.
    var fields: [MessageField] {
        switch self {
        case .record(let fields): fields
        case .choice(let cases): cases.flatMap(\.fields)
        case .words, .numbers: []
        }
    }
}

/// A key of a map.
enum MessageKey {
    case integer(Int)
    case text(String)

    /// The order in which maps are written (RFC 8949 §4.2.1).
    static func isBefore(_ left: MessageKey, _ right: MessageKey) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)):
            (left < 0) == (right < 0) ? left.magnitude < right.magnitude : right < 0
        case (.integer, .text): true
        case (.text, .integer): false
        case (.text(let left), .text(let right)):
            left.utf8.count == right.utf8.count
                ? left.utf8.lexicographicallyPrecedes(right.utf8)
                : left.utf8.count < right.utf8.count
        }
    }
}

/// A case with what comes with it.
struct MessageCase {
    let name: String
    /// In the order of the declaration.
    let fields: [MessageField]
}

/// A case of an enum with raw values.
struct MessageWord {
    let name: String
    /// The raw value as it stands in source.
    let literal: String
}

extension TokenSyntax {
    /// The name without backticks.
    var plainName: String { self.identifier?.name ?? self.text }
}
