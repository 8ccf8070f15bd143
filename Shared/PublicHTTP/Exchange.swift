import HTTP2
import JSONAPI
import RPC

/// What is known of one request while it is answered, and how its answer is worded.
struct Exchange {
    let requestID: String
    let trace: TraceContext
    let begun: MonotonicInstant
    let deadline: MonotonicInstant
    /// The operation, once it is found.
    var operation: Int?
    /// The form of documents.
    var form = DocumentForm.json
    /// Header fields that a refusal adds.
    var extraFields = HTTP2Fields()

    init(
        _ request: EdgeRequest, begun: MonotonicInstant,
        deadline: MonotonicInstant
    ) {
        var requestID: String?
        var traceparent: String?
        var tracestate: String?
        request.fields.withUnsafeFields { name, value in
            if name.isEqual(to: "x-request-id") {
                requestID = String(decoding: value, as: UTF8.self)
            } else if name.isEqual(to: "traceparent") {
                traceparent = String(decoding: value, as: UTF8.self)
            } else if name.isEqual(to: "tracestate") {
                tracestate = String(decoding: value, as: UTF8.self)
            }
        }
        self.requestID = RequestName.make(from: requestID)
        let parent = traceparent.flatMap {
            TraceContext(traceparent: $0, tracestate: tracestate)
        }
        self.trace = parent?.child() ?? TraceContext()
        self.begun = begun
        self.deadline = deadline
    }

    /// Turns a response into what goes over the wire.
    func word(_ response: PublicResponse, for request: EdgeRequest) -> EdgeAnswer {
        var status = response.status
        var fields = self.extraFields
        for (name, value) in response.fields { fields.append(name, value) }
        fields.append("date", HTTPDate.now)
        fields.append("x-request-id", self.requestID)
        if let tag = response.entityTag {
            fields.append("etag", "\"\(tag)\"")
            if request.method == "GET" || request.method == "HEAD",
                let header = request.fields.first("if-none-match"),
                EntityTags(header).matchWeakly(tag)
            {
                status = 304
            }
        }
        if status == 204 || status == 304 {
            return EdgeAnswer(status: status, fields: fields, body: .whole([]))
        }
        let bytes: [UInt8]
        switch response.body {
        case .none: bytes = []
        case .bytes(let content, let mediaType):
            fields.append("content-type", mediaType)
            bytes = content
        case .json(let json):
            self.describe(&fields)
            bytes = self.form == .cbor ? json.cborBytes() : json.bytes()
        case .document(let document):
            self.describe(&fields)
            bytes = self.form == .cbor ? document.json.cborBytes() : document.bytes()
        case .written(let written):
            self.describe(&fields)
            bytes = self.form == .cbor ? written.document.json.cborBytes() : written.bytes
        case .events(let events):
            fields.append("content-type", "text/event-stream")
            return EdgeAnswer(
                status: status, fields: fields,
                body: request.method == "HEAD" ? .whole([]) : .pulled(PulledBody(events)))
        case .stream(let stream):
            fields.append("content-type", stream.mediaType)
            fields.append("vary", "Accept")
            return EdgeAnswer(
                status: status, fields: fields,
                body: request.method == "HEAD" ? .whole([]) : .pulled(PulledBody(stream)))
        }
        fields.append("content-length", String(bytes.count))
        return EdgeAnswer(
            status: status, fields: fields,
            body: .whole(request.method == "HEAD" ? [] : bytes))
    }

    /// The header fields of a body that is written as the client asked.
    private func describe(_ fields: inout HTTP2Fields) {
        fields.append("content-type", self.form.mediaType)
        fields.append("vary", "Accept")
    }
}
