import HTTP2
import JSONAPI

/// Holds a request's body against what its route declares.
enum BodyCheck {
    /// The body as JSON, where the route takes JSON and there is one.
    ///
    /// - Throws: `APIError` or `APIErrors`: 413, 415, or 400 with all problems.
    static func run(_ request: EdgeRequest, _ route: Route, bytesMax: Int) throws -> JSON? {
        guard request.body.count <= bytesMax else { throw Refusal.bodyTooLarge(bytesMax) }
        switch route.body {
        case .bytes: return nil
        case .none:
            guard request.body.isEmpty else { throw Refusal.unexpectedBody }
            return nil
        case .optionalJSON(let schema):
            // Not a conditional expression: there `nil` would be read as JSON's `null`.
            if request.body.isEmpty { return nil }
            return try self.parse(request, schema)
        case .json(let schema):
            guard !request.body.isEmpty else { throw Refusal.missingBody }
            return try self.parse(request, schema)
        }
    }

    private static func parse(_ request: EdgeRequest, _ schema: Schema) throws -> JSON {
        if let coding = request.fields.first("content-encoding"), coding != "identity" {
            throw Refusal.unsupportedEncoding
        }
        let type = request.fields.first("content-type")
        guard let range = type.flatMap({ MediaRange($0[...]) }), range.isJSON else {
            throw Refusal.unsupportedMediaType(type)
        }
        let json: JSON
        do {
            json = try JSON(parsing: request.body)
        } catch {
            throw APIError(
                400, "malformed_json", "The body is not JSON: \(error).", source: .pointer(""),
                meta: ["offset": .integer(error.offset)])
        }
        if let errors = APIErrors(schema.faults(of: json)) { throw errors }
        return json
    }
}
