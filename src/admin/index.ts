// The front door of the admin API.

export { type Admin, type AdminOptions, createAdmin } from './admin.ts'
export { BODY_BYTES } from './shapes.ts'
