// What every tab of an app is given.

import type { App } from './app-state.tsx'

/** The app, and whose it is. */
export interface AppTab {
  readonly tenant: string
  readonly app: App
}
