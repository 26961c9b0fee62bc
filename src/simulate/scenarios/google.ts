// What Google Workspace's automated provisioning does, as far as others have seen it.

import { type JsonObject, USER } from '../../protocol/index.ts'
import type { ActStep, Consequence, Scenario } from '../scenario.ts'
import { deletes, eq, LOOKS_GONE, LOOKS_MADE, LOOKS_MOVED, LOOKS_OFF, LOOKS_ON, patch } from './parts.ts'
import { createsAgain, createsUser, finds, looksUp, otherwise } from './put.ts'

const FAILED: Consequence = { does: 'counts this user as failed in its report, and tries again within hours' }
const FIND = `${eq('userName', 'userNameUrl')}&startIndex=1`

const NEW_USER: JsonObject = {
  schemas: [USER],
  userName: '{{userName}}',
  name: { givenName: '{{given}}', familyName: '{{family}}' },
  emails: [{ value: '{{userName}}', type: 'work', primary: true }],
  active: true,
}

const changes = (name: string, works: string, value: JsonObject): ActStep => ({
  name,
  for: 'person',
  after: 'u',
  request: { method: 'PATCH', path: '/Users/{{uUrl}}', body: patch({ op: 'replace', value }) },
  takes: [200, 204],
  works,
  reactions: otherwise(FAILED),
})

/** Google Workspace. */
export const GOOGLE: Scenario = {
  name: 'Google Workspace',
  about: 'automated provisioning of a catalogue app: users only, application/json. Google publishes no wire reference',
  kind: 'google',
  checked: '2026-11',
  sources: {
    help: {
      title: 'Google Workspace Admin Help: automated user provisioning',
      how: 'documented',
    },
    seen: {
      title: 'pond/scimitar issue 142: User-Agent and Content-Type as seen on the wire, and the 406 that came of them',
      url: 'https://github.com/pond/scimitar/issues/142',
      how: 'observed',
    },
    search: {
      title: 'grokability/snipe-it issue 12642: a search as logged',
      url: 'https://github.com/grokability/snipe-it/issues/12642',
      how: 'observed',
    },
  },
  headers: { 'User-Agent': 'Google-Auto-Provisioning', 'Content-Type': 'application/json' },
  patience: { timeoutMs: 60_000 },
  reactions: [
    { on: [406, 415], does: 'provisions nobody: it sends application/json and nothing else', source: 'seen' },
    { on: ['other', 'none', 'slow'], ...FAILED },
  ],
  acts: [
    {
      act: 'joiner',
      title: 'people come into the scope of the app',
      steps: [
        { ...looksUp(FIND, [200]), name: 'look the person up, without count' },
        createsUser(NEW_USER, FAILED, { unless: 'found' }),
        LOOKS_MADE,
      ],
    },
    {
      act: 'existing',
      title: 'somebody has an account already',
      steps: [
        finds(FIND, { does: 'does not find the account that is there, and creates a second one' }, { for: 'first' }),
        createsAgain(
          NEW_USER,
          'the duplicate is refused',
          { does: 'believes that it made a second account: the person now has two' },
          FAILED,
        ),
      ],
    },
    {
      act: 'mover',
      title: 'people change their names',
      steps: [
        changes('send what has changed', 'the change is made', {
          name: { givenName: '{{given}}', familyName: '{{newFamily}}' },
        }),
        LOOKS_MOVED,
      ],
    },
    {
      act: 'leaver',
      title: 'people are suspended',
      steps: [changes('turn the account off', 'the account is off', { active: false }), LOOKS_OFF],
    },
    {
      act: 'returner',
      title: 'people are restored',
      steps: [changes('turn the account on', 'the account is on again', { active: true }), LOOKS_ON],
    },
    {
      act: 'delete',
      title: 'people are deleted, without being suspended first',
      steps: [deletes('the account is deleted', FAILED), LOOKS_GONE],
    },
  ],
}
