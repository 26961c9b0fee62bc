export { type Admin, type AdminOptions, createAdmin } from './admin.ts'
