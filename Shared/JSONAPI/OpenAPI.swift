/// Describes operations as an OpenAPI 3.1 document, from the very values that serve them.
public struct OpenAPI: Sendable {
    private let title: String
    private let version: String
    private let routes: [Route]

    /// Describes operations.
    ///
    /// - Parameter version: The version of the API, not of OpenAPI.
    public init(title: String, version: String, routes: [Route]) {
        self.title = title
        self.version = version
        self.routes = routes
    }

    /// The document; paths and operations are in the order of the routes.
    public var json: JSON {
        var paths = JSONObject()
        for route in self.routes {
            var item = paths[route.path.text]?.object ?? JSONObject()
            item[route.method.rawValue.lowercased()] = Self.operation(route)
            paths[route.path.text] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(self.title), "version": .string(self.version)],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "basic": ["type": "http", "scheme": "basic"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "covenant_session"],
                    "antiForgery": ["type": "apiKey", "in": "header", "name": "X-CSRF-Token"],
                ],
                "schemas": ["Errors": Self.errors],
            ],
        ]
    }

    private static func operation(_ route: Route) -> JSON {
        var operation: JSONObject = [
            "operationId": .string(route.id), "summary": .string(route.summary),
            "description": .string("Who may: \(route.permission)."),
        ]
        let inPath = route.path.parameterNames.map(Self.pathParameter)
        let parameters = inPath + route.query.map(\.openAPI) + Self.headers(of: route)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        switch route.body {
        case .none: break
        case .json(let schema):
            operation["requestBody"] = [
                "required": true, "content": Self.jsonContent(schema.openAPI),
            ]
        case .optionalJSON(let schema):
            operation["requestBody"] = ["content": Self.jsonContent(schema.openAPI)]
        case .bytes:
            operation["requestBody"] = ["content": ["*/*": [:]]]
        }
        var responses = JSONObject()
        for answer in route.answers {
            let status = "\(answer.status)"
            responses[status] = answer.openAPI(besides: responses[status])
        }
        responses["default"] = [
            "description": "The request was refused; every problem is listed.",
            "content": Self.answerContent(["$ref": "#/components/schemas/Errors"]),
        ]
        operation["responses"] = .object(responses)
        switch route.authentication {
        case .none: operation["security"] = []
        case .optionalAPIKey:
            operation["security"] = [[:], ["basic": []], ["session": [], "antiForgery": []]]
        case .apiKey, .apiKeyOrPassword:
            operation["security"] = [["basic": []], ["session": [], "antiForgery": []]]
        case .signIn: operation["security"] = [["basic": []]]
        }
        return .object(operation)
    }

    /// The header fields that every listener understands of such an operation.
    private static func headers(of route: Route) -> [JSON] {
        guard route.method == .post else { return [] }
        return [
            [
                "name": "Idempotency-Key", "in": "header",
                "description": .string(
                    "Makes the request repeatable: the same user, key and request get the same "
                        + "answer; another request under the key is refused with 422."),
                "schema": ["type": "string", "pattern": "^[!#-\\[\\]-~]{1,128}$"],
            ]
        ]
    }

    private static func pathParameter(_ name: String) -> JSON {
        [
            "name": .string(name), "in": "path", "required": true, "schema": ["type": "string"],
        ]
    }

    /// A document that is answered, in every form a client may ask for.
    static func answerContent(_ schema: JSON) -> JSON {
        var content = Self.jsonContent(schema).object ?? [:]
        content["application/cbor"] = ["schema": schema]
        return .object(content)
    }

    static func jsonContent(_ schema: JSON) -> JSON {
        [
            "application/json": ["schema": schema], "application/vnd.api+json": ["schema": schema],
        ]
    }

    private static let errors: JSON = [
        "type": "object", "required": ["errors", "meta"],
        "properties": [
            "errors": [
                "type": "array", "minItems": 1,
                "items": [
                    "type": "object", "required": ["status", "code", "title", "detail", "meta"],
                    "properties": [
                        "status": ["type": "integer"], "code": ["type": "string"],
                        "title": ["type": "string"], "detail": ["type": "string"],
                        "source": [
                            "type": "object",
                            "properties": [
                                "pointer": ["type": "string"], "parameter": ["type": "string"],
                                "header": ["type": "string"],
                            ],
                        ],
                        "meta": ["type": "object"],
                    ],
                ],
            ],
            "meta": ["type": "object"],
        ],
    ]
}
