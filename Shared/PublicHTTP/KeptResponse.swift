import CBOR
import HTTP2
import JSONAPI

/// An answer as it is kept for repetitions of its request.
struct KeptResponse: Codable {
    private var status: Int
    private var names: [String]
    private var values: [String]
    private var entityTag: String?
    /// A JSON text; written anew for each repetition, as that asks for it.
    private var json: String?
    private var body: [UInt8]?
    private var mediaType: String?

    enum CodingKeys: Int, CodingKey {
        case status = 1
        case names = 2
        case values = 3
        case entityTag = 4
        case json = 5
        case body = 6
        case mediaType = 7
    }

    /// Takes an answer; `nil` for one that is made while the client takes it.
    init?(_ response: PublicResponse) {
        switch response.body {
        case .none: break
        case .json(let json): self.json = json.text
        case .document(let document): self.json = String(decoding: document.bytes(), as: UTF8.self)
        case .written(let written): self.json = String(decoding: written.bytes, as: UTF8.self)
        case .bytes(let bytes, let mediaType):
            self.body = bytes
            self.mediaType = mediaType
        case .events, .stream: return nil
        }
        self.status = response.status
        self.names = response.fields.map { $0.0 }
        self.values = response.fields.map { $0.1 }
        self.entityTag = response.entityTag
    }

    /// Reads an answer.
    init(_ bytes: [UInt8]) throws {
        self = try CBORDecoder().decode(KeptResponse.self, from: bytes)
    }

    /// The answer's bytes.
    func bytes() throws -> [UInt8] { try CBOREncoder().encode(self) }

    /// The answer, to be given again.
    func response() throws -> PublicResponse {
        var fields = HTTP2Fields()
        for (name, value) in zip(self.names, self.values) { fields.append(name, value) }
        let body: PublicResponse.Body
        if let json {
            body = .json(try JSON(parsing: json))
        } else if let bytes = self.body, let mediaType {
            body = .bytes(bytes, mediaType: mediaType)
        } else {
            body = .none
        }
        return PublicResponse(
            status: self.status, fields: fields, body: body, entityTag: self.entityTag)
    }
}
