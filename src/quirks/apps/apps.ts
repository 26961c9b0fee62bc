// The built-in profiles of apps, by name.

import { RFC_PROFILE } from '../../protocol/index.ts'
import { ATLASSIAN } from './atlassian.ts'
import { AWS } from './aws.ts'
import { ENTRA_ERA } from './entra-era.ts'
import { GITHUB_EMU } from './github-emu.ts'
import { GITLAB } from './gitlab.ts'
import { MIRO } from './miro.ts'
import { PARTIAL_APPS } from './partial-apps.ts'
import { SALESFORCE } from './salesforce.ts'
import { SLACK } from './slack.ts'
import { ZOOM } from './zoom.ts'

/**
 * What well-known apps do, as their documentation says or people found. They change; `checked` says when a profile was last held
 * against its sources.
 */
export const APPS = {
  rfc: RFC_PROFILE,
  aws: AWS,
  slack: SLACK,
  'github-emu': GITHUB_EMU,
  salesforce: SALESFORCE,
  zoom: ZOOM,
  gitlab: GITLAB,
  atlassian: ATLASSIAN,
  miro: MIRO,
  'entra-era': ENTRA_ERA,
  ...PARTIAL_APPS,
}

/** Name of a built-in profile of an app. */
export type AppName = keyof typeof APPS

/**
 * Whether a text names a built-in profile.
 * @example
 * if (isAppName(name)) console.log(APPS[name])
 */
export function isAppName(text: string): text is AppName {
  return Object.hasOwn(APPS, text)
}
