// The front door of the admin API.

export { type Admin, type AdminOptions, createAdmin } from './admin.ts'
export { linesAt } from './history/timeline.ts'
export { planUndo, type UndoStep, undo } from './history/undo.ts'
export { presentStore } from './present-record.ts'
export type { RecordAccess } from './record-access.ts'
export { longestBodyAt } from './scim.ts'
export { BODY_BYTES } from './shapes.ts'
export type { Visit } from './sign-in/browser.ts'
export { createOneTimeLinks, LINK_MS } from './sign-in/one-time-links.ts'
