// What a note in the log says of an app: each setting before and after, never a credential.

import type { Json } from '../../protocol/index.ts'
import type { NoteFacts } from '../../store/index.ts'
import type { AppSettings } from '../contract/index.ts'

/**
 * The settings that notes of type `App` tell, each at the path of its name, whole. Credentials are only said to have changed. Together
 * with the verbs (`created`, `changed`, `switchedOn`, `paused`, `resumed`, `removed`) they are the history of the app.
 */
const TOLD = [
  'label',
  'mode',
  'review',
  'adapter',
  'options',
  'map',
  'scope',
  'grants',
  'policy',
  'guard',
  'sweeps',
] as const satisfies readonly (keyof AppSettings)[]

/** What the note of a new app says. */
export function factsOfNew(app: AppSettings): NoteFacts {
  const told = TOLD.map((name) => [name, json(app[name])] as const)
  return Object.fromEntries([...told, ['credentials', app.credentials === undefined ? undefined : 'set']])
}

/** What has changed; empty if nothing has. */
export function changesOf(before: AppSettings, after: AppSettings): NoteFacts {
  const changes: { [name: string]: NoteFacts[string] } = {}
  for (const name of TOLD) {
    const was = json(before[name])
    const is = json(after[name])
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[name] = { was: was ?? null, is: is ?? null }
  }
  if (JSON.stringify(before.credentials) !== JSON.stringify(after.credentials)) changes.credentials = 'changed'
  return changes
}

/** What the note of a removed app says: what it was. */
export function factsOfRemoved(app: AppSettings): NoteFacts {
  const told = TOLD.flatMap((name) =>
    app[name] === undefined ? [] : [[name, { was: json(app[name]) ?? null, is: null }] as const],
  )
  return Object.fromEntries(told)
}

function json(value: unknown): Json | undefined {
  return value as Json | undefined
}
