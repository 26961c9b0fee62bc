// The front door of quirks.

export { APPS, type AppName, isAppName } from './apps/apps.ts'
export { readAppProfile } from './apps/read-app-profile.ts'
export { ALLOWANCE_DEVIATIONS, deviationsOf } from './deviations.ts'
export { type AllowanceChoice, adjusted, isKind, KINDS, type Kind, type Profile, profileOf } from './profile.ts'
export type { Message, Quirk } from './quirk.ts'
export { rewrite } from './rewrite.ts'
export { fromScim1, toScim1 } from './scim-1.ts'
