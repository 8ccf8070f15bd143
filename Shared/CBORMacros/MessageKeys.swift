import SwiftParser
import SwiftSyntax

/// The keys of a struct: those of its `CodingKeys`, or the names of its properties.
struct MessageKeys {
    private var declared: [String: MessageKey]?

    init(_ members: MemberBlockSyntax) throws {
        for member in members.members {
            if let alias = member.decl.as(TypeAliasDeclSyntax.self),
                alias.name.text == "CodingKeys"
            {
                throw MessageProblem(.keysNotEnum, alias)
            }
            guard let keys = member.decl.as(EnumDeclSyntax.self), keys.name.text == "CodingKeys"
            else { continue }
            self.declared = try Self.read(keys)
        }
    }

    /// The key of a property; `nil` when it has none.
    func key(of name: String) -> MessageKey? {
        guard let declared else { return .text(name) }
        return declared[name]
    }

    private static func read(_ keys: EnumDeclSyntax) throws -> [String: MessageKey] {
        let type = keys.inheritanceClause?.inheritedTypes.first?.type
        let typeName = type?.trimmedDescription ?? "CodingKey"
        guard ["Int", "String", "CodingKey"].contains(typeName) else {
            throw MessageProblem(.keyType(typeName), keys)
        }
        var read: [String: MessageKey] = [:]
        var next = 0
        for member in keys.memberBlock.members {
            for element in member.decl.as(EnumCaseDeclSyntax.self)?.elements ?? [] {
                let name = element.name.plainName
                guard typeName == "Int" else {
                    let text = try element.rawValue.map { try self.text($0.value, name) }
                    read[name] = .text(text ?? name)
                    continue
                }
                let number = try element.rawValue.map { try self.number($0.value, name) } ?? next
                read[name] = .integer(number)
                next = number + 1
            }
        }
        return read
    }

    private static func text(_ value: ExprSyntax, _ name: String) throws -> String {
        guard let literal = value.as(StringLiteralExprSyntax.self),
            let text = literal.representedLiteralValue
        else { throw MessageProblem(.keyValue(name), value) }
        return text
    }

    static func number(_ value: ExprSyntax, _ name: String) throws -> Int {
        let text = value.trimmedDescription.filter { $0 != "_" }
        guard let number = Int(text) else { throw MessageProblem(.keyValue(name), value) }
        return number
    }
}
