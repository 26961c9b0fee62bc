// The front door of quirks.

export { APPS, type AppName, isAppName } from './apps.ts'
export { ALLOWANCE_DEVIATIONS, deviationsOf } from './deviations.ts'
export { type AllowanceChoice, adjusted, isKind, KINDS, type Kind, type Profile, profileOf } from './profile.ts'
export type { Message, Quirk } from './quirk.ts'
export { rewrite } from './rewrite.ts'
