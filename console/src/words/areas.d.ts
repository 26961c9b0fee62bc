// The catalogues of words, so that a key without a text is an error of types. An area is one line here and a file per language.

import 'i18next'
import type api from './en/api.json'
import type apps from './en/apps.json'
import type changes from './en/changes.json'
import type checks from './en/checks.json'
import type common from './en/common.json'
import type connections from './en/connections.json'
import type frame from './en/frame.json'
import type groups from './en/groups.json'
import type importing from './en/import.json'
import type parts from './en/parts.json'
import type people from './en/people.json'
import type requests from './en/requests.json'
import type reviews from './en/reviews.json'
import type schemas from './en/schemas.json'
import type settings from './en/settings.json'
import type setup from './en/setup.json'
import type signIn from './en/sign-in.json'
import type system from './en/system.json'
import type tenants from './en/tenants.json'
import type types from './en/types.json'
import type ways from './en/ways.json'

/** All catalogues, by area. */
export interface Words {
  apps: typeof apps
  api: typeof api
  changes: typeof changes
  checks: typeof checks
  frame: typeof frame
  groups: typeof groups
  people: typeof people
  common: typeof common
  connections: typeof connections
  import: typeof importing
  parts: typeof parts
  reviews: typeof reviews
  schemas: typeof schemas
  requests: typeof requests
  settings: typeof settings
  setup: typeof setup
  'sign-in': typeof signIn
  system: typeof system
  tenants: typeof tenants
  types: typeof types
  ways: typeof ways
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: Words
  }
}
