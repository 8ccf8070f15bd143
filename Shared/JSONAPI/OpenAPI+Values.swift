extension Schema {
    /// The schema in the words of JSON Schema 2020-12, as OpenAPI 3.1 uses it.
    public var openAPI: JSON {
        switch self {
        case .anything: [:]
        case .boolean: ["type": "boolean"]
        case .number: ["type": "number"]
        case .integer(let bounds):
            [
                "type": "integer", "minimum": .integer(bounds.lowerBound),
                "maximum": .integer(bounds.upperBound),
            ]
        case .text(let rule): rule.openAPI
        case .choice(let texts): ["type": "string", "enum": .strings(texts)]
        case .array(let element, let counts):
            [
                "type": "array", "items": element.openAPI,
                "minItems": .integer(counts.lowerBound), "maxItems": .integer(counts.upperBound),
            ]
        case .object(let members): Self.openAPI(of: members)
        case .map(let schema):
            ["type": "object", "additionalProperties": schema.openAPI]
        case .nullable(let schema): ["anyOf": [schema.openAPI, ["type": "null"]]]
        case .either(let schemas): ["anyOf": .array(schemas.map(\.openAPI))]
        }
    }

    private static func openAPI(of members: [Member]) -> JSON {
        var properties = JSONObject()
        for member in members {
            var property = member.schema.openAPI.object ?? [:]
            if let about = member.about { property["description"] = .string(about) }
            properties[member.name] = .object(property)
        }
        var object: JSONObject = ["type": "object"]
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { object["required"] = .strings(required) }
        object["properties"] = .object(properties)
        object["additionalProperties"] = false
        return .object(object)
    }
}

extension TextRule {
    var openAPI: JSON {
        var object: JSONObject = [
            "type": "string", "minLength": .integer(self.lengths.lowerBound),
            "maxLength": .integer(self.lengths.upperBound),
        ]
        if let format = self.format { object["format"] = .string(format) }
        if let pattern = self.pattern { object["pattern"] = .string(pattern) }
        return .object(object)
    }
}

extension QueryParameter {
    var openAPI: JSON {
        var parameter: JSONObject = [
            "name": .string(self.name), "in": "query", "description": .string(self.about),
        ]
        switch self.kind {
        case .integer(let bounds, let number):
            parameter["schema"] = [
                "type": "integer", "minimum": .integer(bounds.lowerBound),
                "maximum": .integer(bounds.upperBound), "default": .integer(number),
            ]
        case .text(let rule): parameter["schema"] = rule.openAPI
        case .choice(let words):
            parameter["schema"] = ["type": "string", "enum": .strings(words)]
        case .words(let words):
            parameter["style"] = "form"
            parameter["explode"] = false
            parameter["schema"] = [
                "type": "array", "items": ["type": "string", "enum": .strings(words)],
            ]
        case .sortWords(let words):
            parameter["style"] = "form"
            parameter["explode"] = false
            parameter["schema"] = [
                "type": "array",
                "items": ["type": "string", "enum": .strings(words.flatMap { [$0, "-\($0)"] })],
            ]
        case .others:
            parameter["style"] = "form"
            parameter["explode"] = true
            parameter["schema"] = [
                "type": "object", "additionalProperties": ["type": "string"],
            ]
        }
        return .object(parameter)
    }
}

extension Route.Answer {
    /// The answer, with the other media types in which the same status is answered.
    func openAPI(besides other: JSON?) -> JSON {
        guard var answer = other?.object, let mine = self.openAPI["content"]?.object else {
            return self.openAPI
        }
        var content = answer["content"]?.object ?? [:]
        for member in mine.members { content[member.name] = member.value }
        answer["content"] = .object(content)
        return .object(answer)
    }

    private var openAPI: JSON {
        var answer: JSONObject = ["description": .string(self.about)]
        switch self.content {
        case .none: break
        case .document(let type):
            answer["content"] = OpenAPI.answerContent(Self.document(Self.resource(type)))
        case .collection(let type):
            answer["content"] = OpenAPI.answerContent(
                Self.document(["type": "array", "items": Self.resource(type)]))
        case .json(let schema): answer["content"] = OpenAPI.answerContent(schema.openAPI)
        case .events: answer["content"] = ["text/event-stream": [:]]
        case .bytes(let type): answer["content"] = .object(JSONObject([(type, JSON.object([:]))]))
        }
        return .object(answer)
    }

    private static func document(_ data: JSON) -> JSON {
        [
            "type": "object", "required": ["data", "meta"],
            "properties": [
                "data": data, "meta": ["type": "object"],
                "included": ["type": "array", "items": ["type": "object"]],
                "links": ["type": "object"],
            ],
        ]
    }

    private static func resource(_ type: String) -> JSON {
        [
            "type": "object", "required": ["id", "type"],
            "properties": [
                "id": ["type": "string"], "type": ["const": .string(type)],
                "links": ["type": "object"], "attributes": ["type": "object"],
                "relationships": ["type": "object"], "meta": ["type": "object"],
            ],
        ]
    }
}
