import ContractParticipant
import FlowRuntimeDomain
import Identifiers
import JSONAPI
import Storage

/// What the commands of a graph that are not built in stand for, at one moment.
///
/// To be made in the transaction that stores the graph: it looks at the gates of the contracts whose
/// components are used, so that no use begins once one of them is closed.
struct ComponentResolution {
    /// What was found for each command that names a function of a visible component.
    private(set) var found: [String: ComponentFinding] = [:]
    /// How each of these commands is written once the graph is stored.
    private(set) var pins: [String: String] = [:]
    /// What the graph uses.
    private(set) var uses: Set<ComponentUse> = []

    /// - Parameters:
    ///   - contract: whose flow it is, and `tenant` that contract's.
    ///   - usedAlready: the component versions that the flow used up to now.
    init(
        of graph: FlowGraph, for contract: ContractID, in tenant: TenantID,
        usedAlready: Set<ComponentVersionID>, _ gates: ContractGates,
        _ transaction: any ReadTransaction
    ) throws {
        guard graph.nodes.count <= FlowLimits.nodesMax else { return }
        for command in Set(graph.nodes.map(\.command)) {
            guard let name = CommandName(command),
                let (component, version) = try Self.find(
                    name, for: contract, in: tenant, transaction),
                let function = try version.readDescriptor().function(name.function)
            else { continue }
            let owner = try gates.standing(of: component.contract, in: transaction)
            let isUsedAlready = usedAlready.contains(version.id)
            switch UseRule.decide(owner: owner.state, isUsedAlready: isUsedAlready) {
            case .gone: continue
            case .unavailable: self.found[command] = .unavailable
            case .allowed:
                let pinned = name.pinned(to: version.id)
                self.found[command] = .rule(.external(command, function))
                self.pins[command] = pinned
                self.uses.insert(
                    ComponentUse(
                        component: component.id, version: version.id, owner: component.contract))
            }
        }
    }

    /// The version that a command means, of the first component of its name that has it.
    private static func find(
        _ name: CommandName, for contract: ContractID, in tenant: TenantID,
        _ transaction: any ReadTransaction
    ) throws -> (ComponentRow, ComponentVersionRow)? {
        let candidates = try ComponentStore.named(
            name.component, of: name.team, in: tenant, for: contract, transaction)
        guard let first = candidates.first else { return nil }
        switch name.version {
        case .latest:
            return try ComponentVersionStore.version(nil, of: first.id, in: transaction)
                .map { (first, $0) }
        case .number(let number):
            return try ComponentVersionStore.version(number, of: first.id, in: transaction)
                .map { (first, $0) }
        case .id(let id):
            guard let version = try ComponentVersionStore.find(id, in: transaction),
                let component = candidates.first(where: { $0.id == version.component })
            else { return nil }
            return (component, version)
        }
    }
}

extension FlowDraft {
    /// The graph as it is stored: its commands say exactly which versions they mean.
    func pinned(_ pins: [String: String]) -> FlowDraft {
        guard !pins.isEmpty else { return self }
        var draft = self
        for index in draft.graph.nodes.indices {
            let command = draft.graph.nodes[index].command
            draft.graph.nodes[index].command = pins[command] ?? command
        }
        draft.shown = self.shown.replacingNodes { node in
            guard let pin = node["command"]?.string.flatMap({ pins[$0] }), var object = node.object
            else { return node }
            object["command"] = .string(pin)
            return .object(object)
        }
        return draft
    }
}
