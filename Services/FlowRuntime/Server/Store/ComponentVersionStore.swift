import FlowRuntimeAPI
import Identifiers
import Storage

/// The tables `component_version` and `component_file`; rows are never changed.
enum ComponentVersionStore {
    static func find(
        _ id: ComponentVersionID, in transaction: any ReadTransaction
    ) throws -> ComponentVersionRow? {
        try transaction.row(
            "SELECT \(ComponentVersionRow.columns) FROM component_version WHERE id = ?", [id.text]
        ).map { try ComponentVersionRow($0) }
    }

    /// The version of a number, or the newest.
    static func version(
        _ number: Int?, of component: ComponentID, in transaction: any ReadTransaction
    ) throws -> ComponentVersionRow? {
        guard let number else {
            return try self.versions(of: component, limit: 1, offset: 0, in: transaction).first
        }
        return try transaction.row(
            """
            SELECT \(ComponentVersionRow.columns) FROM component_version
            WHERE component_id = ? AND number = ?
            """, [component.text, number]
        ).map { try ComponentVersionRow($0) }
    }

    /// A page of a component's versions, the newest first.
    static func versions(
        of component: ComponentID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [ComponentVersionRow] {
        try transaction.rows(
            """
            SELECT \(ComponentVersionRow.columns) FROM component_version WHERE component_id = ?
            ORDER BY number DESC LIMIT ? OFFSET ?
            """, [component.text, limit, offset]
        ).map { try ComponentVersionRow($0) }
    }

    static func count(
        of component: ComponentID, in transaction: any ReadTransaction
    ) throws -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM component_version WHERE component_id = ?",
            [component.text]
        )?.int("found") ?? 0
    }

    static func insert(
        _ version: ComponentVersionRow, files: [BundleFile],
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO component_version (id, component_id, contract_id, user_id, number,
                descriptor, files, bytes, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                version.id.text, version.component.text, version.contract.text, version.user.text,
                version.number, version.descriptor, version.files, version.bytes,
                version.createdAt,
            ])
        for (position, file) in files.enumerated() {
            try transaction.execute(
                """
                INSERT INTO component_file (version_id, position, contract_id, path,
                    is_executable, content)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    version.id.text, position, version.contract.text, file.path,
                    file.isExecutable, file.content,
                ])
        }
    }

    /// The files of a version, in the order they were sent in.
    static func files(
        of version: ComponentVersionID, in transaction: any ReadTransaction
    ) throws -> [BundleFile] {
        try transaction.rows(
            """
            SELECT path, is_executable, content FROM component_file WHERE version_id = ?
            ORDER BY position
            """, [version.text]
        ).map { row in
            BundleFile(
                path: try row.text("path"), content: try row.blob("content"),
                isExecutable: try row.bool("is_executable"))
        }
    }

    /// Deletes a version that no flow uses.
    static func delete(
        _ version: ComponentVersionID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "DELETE FROM component_file WHERE version_id = ?", [version.text])
        try transaction.execute("DELETE FROM component_version WHERE id = ?", [version.text])
    }
}
