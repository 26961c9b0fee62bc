// Menu paths in a language: what menus say stays, and what has another name everywhere is translated.

import type { Language } from './cause.ts'

/** What stands in a path for something that has another name everywhere. */
const OWN: { readonly [words: string]: string } = {
  'the app': 'die App',
  'the application': 'die Anwendung',
  'the bound group': 'die verbundene Gruppe',
  'the connection': 'die Verbindung',
  'the event stream': 'der Event Stream',
  'the group': 'die Gruppe',
  'the integration': 'die Integration',
  'the log of the server': 'das Protokoll des Servers',
  'the provider': 'der Provider',
  'the rule': 'die Regel',
  'the server': 'der Server',
  'the test person': 'die Testperson',
  'the test user': 'der Testbenutzer',
  'the user': 'der Benutzer',
}

/** A step of a menu path in a language: `the app` is `die App`, `Provisioning` stays. */
export function menuWord(step: string, language: Language): string {
  return language === 'de' && Object.hasOwn(OWN, step) ? (OWN[step] ?? step) : step
}

/** Whether a step of a path stands for something of one's own. */
export function isOwn(step: string): boolean {
  return Object.hasOwn(OWN, step)
}
