// The front door of embed.

export { type Lockstep, lockstep } from './lockstep.ts'
export type { AuthenticateOption, LockstepOptions, Skipped, StoreOption } from './options.ts'
export type { Report } from './report.ts'
export type { TypesOption } from './tenant-types.ts'
