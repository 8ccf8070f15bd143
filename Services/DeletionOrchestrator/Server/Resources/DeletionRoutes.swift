import JSONAPI

/// What the public API says of deletions.
enum DeletionRoutes {
    static let list = Route(
        .get, "/v2/deletions", id: "listDeletions", summary: "Lists deletions, newest first",
        permission: "Tenant Admin",
        query: QueryParameter.page()
            + [.filter("contract", .identifier, "Only the deletion of this contract.")],
        answers: [.init(200, "The deletions of the tenant.", .collection("deletion"))])

    static let show = Route(
        .get, "/v2/deletions/{deletion_id}", id: "showDeletion",
        summary: "Shows how far a deletion is, and why it waits",
        permission: "Tenant Admin of the contract's tenant",
        answers: [
            .init(200, "The deletion.", .document("deletion")),
            .init(200, "With `Accept: text/event-stream`: its progress until it is done.", .events),
        ])

    static let receipt = Route(
        .get, "/v2/deletions/{deletion_id}/receipt", id: "showDeletionReceipt",
        summary: "Shows the signed receipt", permission: "Tenant Admin of the contract's tenant",
        answers: [.init(200, "The receipt.", .document("deletion-receipt"))])

    static let retry = Route(
        .post, "/v2/deletions/{deletion_id}/retry", id: "retryDeletion",
        summary: "Has a waiting deletion try again now",
        permission: "Tenant Admin of the contract's tenant",
        answers: [.init(202, "It will.", .document("deletion"))])

    static let key = Route(
        .get, "/v2/deletions/receipt-key", id: "showReceiptKey",
        summary: "Shows the key that verifies receipts", permission: "everybody",
        authentication: .none,
        answers: [.init(200, "The key.", .document("receipt-key"))])

    static let all = [Self.list, Self.show, Self.receipt, Self.retry, Self.key]
}
