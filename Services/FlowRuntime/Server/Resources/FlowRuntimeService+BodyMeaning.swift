import ContractsAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import PublicHTTP
import Storage

/// What can be told of a body whose shape is wrong besides: who may make the call is told what is wrong
/// with a graph, or the parts of a bundle, whose own shape is right.
extension FlowRuntimeService {
    /// What is wrong with the graph of a flow that is to be made.
    ///
    /// When the workspace is not named, nothing is told of components: it says which there are.
    func meaning(ofNewFlow request: PublicRequest) async throws -> [APIError] {
        let workspace = request.json?["data"]?["relationships"]?["workspace"]?["data"]?["id"]
        guard let graph = request.graph else { return [] }
        guard let id = workspace?.string.flatMap({ WorkspaceID($0) }) else {
            return Self.errors(of: GraphCheck.faults(of: graph, found: nil))
        }
        let grant = try await self.authorizer.grant(
            try request.caller(), PublicOperation.createFlow.permission, in: id, noun: "Workspace")
        return try await self.database.read { transaction in
            let components = try ComponentResolution(
                of: graph, for: grant.contract, in: grant.tenant, usedAlready: [], self.gates,
                transaction)
            return Self.errors(of: GraphCheck.faults(of: graph, found: components.found))
        }
    }

    /// What is wrong with the graph of a flow that is to change.
    func meaning(ofChangedFlow request: PublicRequest) async throws -> [APIError] {
        guard let graph = request.graph else { return [] }
        let caller = try request.caller()
        let id = try request.flow()
        _ = try await self.authorized(.editFlow, on: id, by: caller)
        return try await self.database.lookUp { transaction in
            let flow = try Self.existing(id, in: transaction)
            let components = try ComponentResolution(
                of: graph, for: flow.contract, in: caller.tenant,
                usedAlready: try ComponentUseStore.versions(
                    of: id, version: flow.version, in: transaction), self.gates, transaction)
            let faults = GraphCheck.faults(
                of: graph, keepsKey: flow.hookKeyHash != nil, found: components.found)
            return Self.errors(of: faults)
        }
    }

    private static func errors(of faults: [GraphFault]) -> [APIError] {
        faults.isEmpty ? [] : FlowFault.graph(faults).apiErrors.errors
    }

    /// What is wrong with the bundle of a version that is to be made.
    func meaning(ofNewVersion request: PublicRequest) async throws -> [APIError] {
        _ = try await self.authorized(
            .createComponentVersion, on: try request.component(), by: try request.caller())
        let attributes = request.json?["data"]?["attributes"]
        let descriptor = attributes?["component"]?.ofShape(ComponentVersionRoutes.descriptor)
        let sent = attributes?["files"] ?? []
        let files = try sent.ofShape(ComponentVersionRoutes.files)?.array?.map {
            try BundleDraft.File(ObjectReader($0.object ?? [:], pointer: ""))
        }
        let bundle = BundleDraft(
            descriptor: ComponentDescriptor(descriptor ?? [:]), files: files ?? [])
        let faults = bundle.faults.filter { fault in
            guard fault.pointer.hasPrefix("/component") else { return files != nil }
            return descriptor != nil && (files != nil || !fault.isAboutFiles)
        }
        return faults.isEmpty ? [] : FlowFault.bundle(faults).apiErrors.errors
    }
}

extension PublicRequest {
    /// The graph that the body gives, if its shape is right.
    fileprivate var graph: FlowGraph? {
        self.json?["data"]?["attributes"]?["graph"]?.ofShape(FlowRoutes.graph).map {
            FlowDraft($0).graph
        }
    }
}

extension JSON {
    /// The value, unless its shape is another.
    fileprivate func ofShape(_ schema: Schema) -> JSON? {
        schema.faults(of: self).isEmpty ? self : nil
    }
}

extension GraphFault {
    /// Whether it is that a program is not among the files.
    fileprivate var isAboutFiles: Bool {
        self.code == "unknown_file" || self.code == "not_executable"
    }
}
