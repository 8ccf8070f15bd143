import ContractsDomain
import JSONAPI
import PublicHTTP

extension ContractsService {
    /// The words of the tenant's e-mails.
    func addMailTemplateRoutes(to table: inout PublicTable) {
        table.on(
            .listMailTemplates, .get, "/v2/email-templates", "List the tenant's e-mail templates",
            answer: .init(200, "The templates.", .collection("email-template"))
        ) { request in
            let rows = try await self.listMailTemplates(for: self.caller(request))
            return .document(Document(rows.map(\.resource), selfLink: "/v2/email-templates"))
        }
        table.on(
            .updateMailTemplate, .patch, "/v2/email-templates/{template}",
            "Change an e-mail template", body: .json(ContractSchemas.mailTemplate),
            meaning: { try await self.meaning(ofMailTemplate: $0) },
            answer: .init(200, "The template.", .document("email-template"))
        ) { try await self.patchMailTemplate($0) }
        table.on(
            .resetMailTemplate, .delete, "/v2/email-templates/{template}",
            "Go back to the e-mail template that every tenant begins with",
            answer: .init(204, "It is as it was at first.")
        ) { request in
            let caller = try await self.caller(request)
            try await self.resetMailTemplate(Self.kind(request), by: caller)
            return .empty(204)
        }
    }

    private func patchMailTemplate(_ request: PublicRequest) async throws -> PublicResponse {
        let caller = try await self.caller(request)
        try caller.requireTenantAdmin()
        let kind = try Self.kind(request)
        let attributes = try request.resource().attributes
        let change = MailTemplateChange(
            subject: try attributes.optionalString("subject"),
            text: try attributes.optionalString("text"),
            html: try attributes.optionalString("html"),
            isEnabled: try attributes.optionalBool("enabled"))
        let given = MailTemplate(
            subject: change.subject ?? "", text: change.text ?? "", html: change.html ?? "")
        if let errors = APIErrors(Self.faults(of: given, as: kind)) { throw errors }
        let row = try await self.updateMailTemplate(kind, change, by: caller)
        return .document(Document(row.resource))
    }

    static func kind(_ request: PublicRequest) throws(APIError) -> MailKind {
        guard let kind = MailKind(rawValue: request.parameter("template")) else {
            throw APIError.notFound("E-mail template is not found")
        }
        return kind
    }
}

extension MailTemplateStore.Row {
    /// The template as a resource; its name is its id.
    var resource: Resource {
        let name = self.kind.rawValue
        return Resource(
            type: "email-template", id: name, selfLink: "/v2/email-templates/\(name)",
            attributes: [
                "subject": .string(self.template.subject), "text": .string(self.template.text),
                "html": .string(self.template.html), "enabled": .bool(self.isEnabled),
                "variables": .strings(self.kind.variables),
                "updated_at": .time(self.updatedAt == 0 ? nil : self.updatedAt),
            ])
    }
}
