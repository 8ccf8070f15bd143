import ContractParticipant
import FlowRuntimeDomain
import JSONAPI

/// Why something asked of the runtime is not done, before it is put into words of the public API.
enum FlowFault: Error, Hashable, Sendable {
    /// There is no such thing, or the caller may not know of it.
    case notFound(String)
    /// The caller is known and may not.
    case forbidden(String)
    /// The flow's condition does not allow it.
    case refused(FlowRefusal)
    /// The graph has faults.
    case graph([GraphFault])
    /// The bundle has faults, their pointers counted from the attributes.
    case bundle([GraphFault])
    /// Something about a component does not allow it.
    case component(ComponentFault)
    /// The webhook does not take the caller's key.
    case hookUnauthorized
    /// The flow's queue is full.
    case queueFull
    /// The error is about the flow as a whole: there is no message to carry again.
    case nothingToRetry
}

extension FlowFault {
    /// The fault as the public API tells it.
    ///
    /// - Parameter graph: where the graph is in the body.
    var apiErrors: APIErrors {
        switch self {
        case .notFound(let noun): APIErrors(.notFound("\(noun) is not found"))
        case .forbidden(let reason): APIErrors(.forbidden(reason))
        case .refused(let refusal): APIErrors(.conflict(refusal.rawValue, refusal.message))
        case .graph(let faults):
            APIErrors(faults.map { Self.error($0, "/data/attributes/graph") })
                ?? APIErrors(.invalid("/data/attributes/graph", "can not be run."))
        case .bundle(let faults):
            APIErrors(faults.map { Self.error($0, "/data/attributes") })
                ?? APIErrors(.invalid("/data/attributes", "can not be stored."))
        case .component(let fault): APIErrors(fault.apiError)
        case .hookUnauthorized:
            APIErrors(
                APIError(
                    401, "unauthenticated", "The webhook needs its key in the header x-api-key.",
                    source: .header("x-api-key")))
        case .queueFull:
            APIErrors(
                APIError(
                    429, "queue_full", "Too many messages wait for the flow.",
                    retryAfterSeconds: 5))
        case .nothingToRetry:
            APIErrors(
                .conflict(
                    "nothing_to_retry",
                    "The error is about the flow as a whole; correct the flow and start it."))
        }
    }

    private static func error(_ fault: GraphFault, _ place: String) -> APIError {
        APIError(400, fault.code, fault.detail, source: .pointer("\(place)\(fault.pointer)"))
    }

    /// Does something, and throws its faults in the words of the public API.
    static func told<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let fault as FlowFault {
            throw fault.apiErrors
        } catch let refusal as ContractGateRefusal {
            throw refusal.apiError
        }
    }
}
