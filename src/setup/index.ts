// The front door of setup.

export type { Arrival, Refusal, RequestWord } from './arrivals/arrival.ts'
export type { FirstPeople, Leaver, PersonCard } from './arrivals/people.ts'
export type { TokenFault } from './arrivals/token-fault.ts'
export type { UrlFault } from './arrivals/url-fault.ts'
export type { Warning } from './arrivals/warnings.ts'
export type { SetupWatch } from './arrivals/watch.ts'
export { SetupError } from './errors.ts'
export type { ConnectionDoor, LinkedConnection, LinkedToken } from './link/connection-door.ts'
export { describeLink, describeShownLink } from './link/describe.ts'
export { OFFERED_KINDS, type SetupLink, type SetupToken, stateOf } from './link/link.ts'
export {
  createSetupLinks,
  LINK_DAYS,
  type MadeLink,
  type SetupLinkDraft,
  type SetupLinks,
  type ShownLink,
} from './link/links.ts'
export { type Progress, type SetupStep, STEPS } from './link/progress.ts'
export { LOGO_BYTES } from './look/logo.ts'
export {
  createPageSettings,
  LANGUAGES,
  type PageSettings,
  type PageSettingsChange,
  type SetupPageSettings,
} from './look/page-settings.ts'
export type { PageCaller } from './page/page-api.ts'
export type { SetupState } from './page/state.ts'
export { createSetup, type Setup, type SetupOptions } from './setup.ts'
