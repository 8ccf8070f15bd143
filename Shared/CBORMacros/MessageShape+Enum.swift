import SwiftParser
import SwiftSyntax

extension MessageShape {
    private static let numberTypes: Set<String> = [
        "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64",
    ]
    /// Raw types that the compiler allows and CBOR has no use for.
    private static let otherRawTypes: Set<String> = ["Character", "Double", "Float"]

    static func enumeration(
        _ declaration: EnumDeclSyntax, _ generics: GenericNames
    ) throws -> MessageShape {
        let elements = declaration.memberBlock.members.flatMap { member in
            member.decl.as(EnumCaseDeclSyntax.self).map { Array($0.elements) } ?? []
        }
        if elements.isEmpty { throw MessageProblem(.noCases, declaration.name) }
        let type = declaration.inheritanceClause?.inheritedTypes.first?.type.trimmedDescription
        if type == "String" { return .words(try elements.map(self.word)) }
        if let type, self.numberTypes.contains(type) {
            return .numbers(type: type, try self.numbers(elements))
        }
        if let type, self.otherRawTypes.contains(type) {
            throw MessageProblem(.rawType(type), declaration.name)
        }
        for member in declaration.memberBlock.members {
            if let keys = member.decl.as(EnumDeclSyntax.self),
                keys.name.text.hasSuffix("CodingKeys")
            {
                throw MessageProblem(.enumKeys, keys)
            }
        }
        return .choice(
            try elements.map { element in
                MessageCase(
                    name: element.name.plainName, fields: try self.fields(element, generics))
            })
    }

    private static func word(_ element: EnumCaseElementSyntax) throws -> MessageWord {
        let name = element.name.plainName
        guard let value = element.rawValue?.value else {
            return MessageWord(name: name, literal: "\"\(name)\"")
        }
        guard let literal = value.as(StringLiteralExprSyntax.self),
            literal.representedLiteralValue != nil
        else { throw MessageProblem(.keyValue(name), value) }
        return MessageWord(name: name, literal: literal.trimmedDescription)
    }

    private static func numbers(_ elements: [EnumCaseElementSyntax]) throws -> [MessageWord] {
        var next = 0
        return try elements.map { element in
            let name = element.name.plainName
            let number =
                try element.rawValue.map { try MessageKeys.number($0.value, name) } ?? next
            next = number + 1
            return MessageWord(name: name, literal: "\(number)")
        }
    }

    private static func fields(
        _ element: EnumCaseElementSyntax, _ generics: GenericNames
    ) throws -> [MessageField] {
        try (element.parameterClause?.parameters ?? []).enumerated().map { index, parameter in
            let label = parameter.firstName?.plainName
            let name = label == nil || label == "_" ? "_\(index)" : label ?? ""
            return try MessageField(
                name: name, key: .text(name), type: parameter.type,
                ofCase: element.name.plainName, generics)
        }
    }
}
