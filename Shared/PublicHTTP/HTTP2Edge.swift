import HTTP2
import JSONAPI
import NIOCore

/// Brings the requests of one HTTP/2 connection to the edge.
struct HTTP2Edge: HTTP2RequestHandler {
    let edge: PublicEdge
    let origin: RequestOrigin

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        responder.expire(
            at: responder.now + .seconds(Int64(self.edge.limits.requestSecondsMax)))
        let edgeRequest = EdgeRequest(
            method: request.methodName, target: request.path, fields: request.fields,
            body: request.takeBody(), origin: self.origin)
        let answer = await self.edge.answer(edgeRequest)
        switch answer.body {
        case .whole(let bytes):
            try responder.send(
                HTTP2Response(status: answer.status, fields: answer.fields, body: bytes))
        case .pulled(let body):
            responder.expire(at: .distantFuture)
            let heartbeat = body.heartbeat.map {
                HTTP2Heartbeat(seconds: self.edge.limits.heartbeatSeconds, bytes: $0)
            }
            try responder.start(
                status: answer.status, fields: answer.fields, heartbeat: heartbeat)
            while let piece = try await body.next(self.edge.drain) {
                try await responder.write(piece)
            }
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
        let answer = self.edge.refusal(Self.error(reason, bytesMax: self.edge.bodyBytesMaxOfAll))
        guard case .whole(let bytes) = answer.body else {
            return HTTP2Response(status: answer.status, fields: answer.fields)
        }
        return HTTP2Response(status: answer.status, fields: answer.fields, body: bytes)
    }

    private static func error(_ reason: HTTP2Refusal, bytesMax: Int) -> APIError {
        switch reason {
        case .overloaded: Refusal.overloaded
        case .bodyTooLarge: Refusal.bodyTooLarge(bytesMax)
        case .headersTooLarge: Refusal.headersTooLarge
        case .authorityMismatch: Refusal.hostMismatch
        case .unknownScheme: Refusal.malformedRequest
        case .methodNotAllowed: Refusal.methodNotAllowed("CONNECT", allowed: "other methods")
        case .bodyTooSlow: Refusal.tooSlow
        case .handlerFailed: Refusal.failedWithoutAnswer
        }
    }
}
