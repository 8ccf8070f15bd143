import FlowRuntimeDomain
import HTTP2
import Identifiers
import JSONAPI
public import PublicHTTP

extension FlowRuntimeService {
    /// What answers the public.
    public var publicRoutes: PublicRoutes {
        var routes = PublicRoutes()
        self.addFlows(to: &routes)
        self.addFlowChanges(to: &routes)
        self.addWork(to: &routes)
        self.addHooks(to: &routes)
        self.addComponents(to: &routes)
        self.addComponentVersions(to: &routes)
        return routes
    }

    /// Answers an operation for a caller who is known.
    static func on(
        _ route: Route, _ routes: inout PublicRoutes, meaning: PublicBodyCheck? = nil,
        _ body: @escaping @Sendable (PublicRequest, Principal) async throws -> PublicResponse
    ) {
        routes.on(route, meaning: meaning) { request in
            let caller = try request.caller()
            return try await FlowFault.told { try await body(request, caller) }
        }
    }

    private func addFlows(to routes: inout PublicRoutes) {
        Self.on(
            FlowRoutes.create, &routes, meaning: { try await self.meaning(ofNewFlow: $0) }
        ) { request, caller in
            let flow = try await self.createFlow(try NewFlow(request), by: caller)
            return try flow.answer()
        }
        Self.on(FlowRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let status = request.query.filter("status").flatMap(DesiredStatus.init(rawValue:))
            let (flows, total) = try await self.flows(
                of: try request.requiredParameter("workspace_id"), status: status,
                limit: page.size, offset: page.offset, by: caller)
            return .document(
                Document(try flows.map { try $0.resource() }, page: page, total: total))
        }
        Self.on(FlowRoutes.get, &routes) { request, caller in
            let flow = try await self.flow(try request.flow(), by: caller)
            return try flow.answer()
        }
    }

    private func addFlowChanges(to routes: inout PublicRoutes) {
        Self.on(
            FlowRoutes.edit, &routes, meaning: { try await self.meaning(ofChangedFlow: $0) }
        ) { request, caller in
            let id = try request.flow()
            try request.resource().checkID(id.text)
            let flow = try await self.editFlow(id, try FlowChange(request), by: caller) {
                try request.checkIfMatch($0.entityTag)
            }
            return try flow.answer()
        }
        Self.on(FlowRoutes.delete, &routes) { request, caller in
            try await self.deleteFlow(try request.flow(), by: caller)
            return .empty()
        }
        Self.on(FlowRoutes.start, &routes) { request, caller in
            let flow = try await self.startFlow(try request.flow(), by: caller)
            return try flow.answer(status: 202)
        }
        Self.on(FlowRoutes.stop, &routes) { request, caller in
            let flow = try await self.stopFlow(try request.flow(), by: caller)
            return try flow.answer(status: 202)
        }
    }

    private func addWork(to routes: inout PublicRoutes) {
        Self.on(WorkRoutes.listExecutions, &routes) { request, caller in
            let page = request.query.page
            let (executions, total) = try await self.executions(
                of: try request.requiredParameter("flow_id"), limit: page.size,
                offset: page.offset, by: caller)
            return .document(
                Document(executions.map { $0.resource() }, page: page, total: total))
        }
        Self.on(WorkRoutes.getExecution, &routes) { request, caller in
            let id: ExecutionID = try request.identifier("execution_id", "Execution")
            let (execution, steps) = try await self.execution(id, by: caller)
            return .document(Document(execution.resource(steps: steps)))
        }
        Self.on(WorkRoutes.listErrors, &routes) { request, caller in
            let page = request.query.page
            let (errors, total) = try await self.errors(
                of: try request.requiredParameter("flow_id"), limit: page.size,
                offset: page.offset, by: caller)
            return .document(Document(errors.map(\.resource), page: page, total: total))
        }
        Self.on(WorkRoutes.retryError, &routes) { request, caller in
            let id: FlowErrorID = try request.identifier("error_id", "Error")
            return .accepted(try await self.retryError(id, by: caller))
        }
    }

    private func addHooks(to routes: inout PublicRoutes) {
        routes.on(WorkRoutes.receiveHook) { request in
            try await FlowFault.told {
                guard let id = FlowID(request.parameter("flow_id")) else {
                    throw FlowFault.refused(.inactive).hookErrors(request)
                }
                let message = try HookMessage(request)
                do {
                    let execution = try await self.receiveHook(
                        id, key: request.fields.first(HookMessage.keyHeader),
                        content: message.content)
                    return .accepted(execution)
                } catch let fault as FlowFault {
                    throw fault.hookErrors(request)
                }
            }
        }
    }
}

extension FlowFault {
    /// The fault as a webhook tells it: a flow that is not there and one that is not meant to run
    /// are the same to strangers.
    fileprivate func hookErrors(_ request: PublicRequest) -> APIErrors {
        guard self == .refused(.inactive) else { return self.apiErrors }
        let flow = request.parameter("flow_id").prefix(Identifier<IdentifierKinds.Flow>.digitCount)
        return APIErrors(.notFound("Flow \(flow) either does not exist or is inactive"))
    }
}

extension PublicResponse {
    /// An execution was stored and will be carried out.
    fileprivate static func accepted(_ execution: ExecutionID) -> PublicResponse {
        var response = PublicResponse.document(
            Document(Resource(type: "execution", id: execution.text)), status: 202)
        response.fields = ["x-execution-id": execution.text]
        return response
    }
}

extension PublicRequest {
    func flow() throws(APIError) -> FlowID { try self.identifier("flow_id", "Flow") }

    /// The identifier of a query parameter that must be given.
    func requiredParameter<Kind>(
        _ name: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(APIError) -> Identifier<Kind> {
        guard let text = self.query[name], let identifier = Identifier<Kind>(text) else {
            throw APIError(
                400, "missing_parameter", "The query parameter \"\(name)\" must be given.",
                source: .parameter(name))
        }
        return identifier
    }
}

extension NewFlow {
    fileprivate init(_ request: PublicRequest) throws(APIError) {
        let body = try request.resource()
        let workspace = try body.relationships.optionalLinkage("workspace")
        guard let workspace = workspace.flatMap({ WorkspaceID($0) }) else {
            throw APIError.invalid(
                "/data/relationships/workspace/data/id", "must be a workspace's identifier.")
        }
        let graph = try body.attributes.object("graph")
        self.init(
            workspace: workspace, name: try body.attributes.string("name"),
            description: try body.attributes.optionalString("description"),
            kind: try body.attributes.optionalString("type").flatMap(FlowRow.Kind.init(rawValue:))
                ?? .ordinary,
            graph: FlowDraft(.object(graph.object)))
    }
}

extension FlowChange {
    fileprivate init(_ request: PublicRequest) throws(APIError) {
        let attributes = try request.resource().attributes
        let graph = try attributes.optionalObject("graph")
        self.init(
            name: try attributes.optionalString("name"), description: nil,
            kind: try attributes.optionalString("type").flatMap(FlowRow.Kind.init(rawValue:)),
            graph: graph.map { FlowDraft(.object($0.object)) })
        if attributes.has("description") {
            self.description = .some(try attributes.optionalString("description"))
        }
    }
}
