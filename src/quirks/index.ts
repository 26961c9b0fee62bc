export { APPS, type AppName, isAppName } from './apps.ts'
export { isKind, KINDS, type Kind, type Profile, profileOf } from './profile.ts'
export type { Message, Quirk } from './quirk.ts'
export { rewrite } from './rewrite.ts'
