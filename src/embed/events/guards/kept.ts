// Where guards keep what they have to remember: among the items of the tenant.

/** The queue of the count of seats and of the approval of deactivations. */
export const GUARDS_QUEUE = 'embed/guards'
/** The key of the approval. */
export const APPROVAL_KEY = 'approval'
/** The queue of deactivations, each until it no longer counts. */
export const DEACTIVATIONS_QUEUE = 'embed/deactivations'
