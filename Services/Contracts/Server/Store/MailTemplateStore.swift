import ContractsDomain
import Identifiers
import Storage

/// The table `mail_template`: what tenants say in their own words.
enum MailTemplateStore {
    /// A template of a tenant's own.
    struct Row: Hashable, Sendable {
        var kind: MailKind
        var template: MailTemplate
        /// Whether e-mails of this kind are sent at all.
        var isEnabled: Bool
        /// When it was changed, in milliseconds since 1970.
        var updatedAt: Int64
    }

    static func find(
        _ kind: MailKind, of tenant: TenantID, in transaction: any ReadTransaction
    ) throws(StorageError) -> Row? {
        let row = try transaction.row(
            """
            SELECT subject, body_text, body_html, is_enabled, updated_at FROM mail_template
            WHERE tenant_id = ? AND kind = ?
            """, [tenant, kind.rawValue])
        guard let row else { return nil }
        return Row(
            kind: kind,
            template: MailTemplate(
                subject: try row.text("subject"), text: try row.text("body_text"),
                html: try row.text("body_html")),
            isEnabled: try row.bool("is_enabled"), updatedAt: try row.int64("updated_at"))
    }

    static func put(
        _ row: Row, of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO mail_template (
                tenant_id, kind, subject, body_text, body_html, is_enabled, updated_at
            ) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, kind) DO UPDATE SET
                subject = excluded.subject, body_text = excluded.body_text,
                body_html = excluded.body_html, is_enabled = excluded.is_enabled,
                updated_at = excluded.updated_at
            """,
            [
                tenant, row.kind.rawValue, row.template.subject, row.template.text,
                row.template.html, row.isEnabled, row.updatedAt,
            ])
    }

    static func deleteAll(
        of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM mail_template WHERE tenant_id = ?", [tenant])
    }

    static func delete(
        _ kind: MailKind, of tenant: TenantID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM mail_template WHERE tenant_id = ? AND kind = ?", [tenant, kind.rawValue])
    }
}
