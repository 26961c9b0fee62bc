// The clicks that connect Keycloak with its event listener for SCIM.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const LISTENER = 'https://github.com/mitodl/keycloak-scim'

/** Keycloak: an extension that writes on each event of a realm. */
export const keycloak: Guide = {
  kind: 'keycloak',
  name: 'Keycloak',
  short: 'Keycloak',
  needs: [
    {
      en: 'Access to the server’s files: Keycloak has no SCIM client of its own, the extension `keycloak-scim` has to be installed.',
      de: 'Zugriff auf die Dateien des Servers: Keycloak hat keinen eigenen SCIM-Client, die Erweiterung `keycloak-scim` muss installiert werden.',
    },
    {
      en: 'A tenant without these people: the extension creates without looking, and a person who is here already gets 409.',
      de: 'Einen Mandanten ohne diese Personen: Die Erweiterung legt an, ohne zu suchen; wer schon hier ist, bekommt 409.',
    },
  ],
  steps: [
    {
      id: 'install',
      title: { en: 'Install the extension', de: 'Erweiterung installieren' },
      where: ['the server', '/opt/keycloak/providers/'],
      clicks: [
        {
          en: 'Put the jar of `keycloak-scim` there and restart Keycloak.',
          de: 'Legen Sie die jar-Datei von `keycloak-scim` dorthin und starten Sie Keycloak neu.',
        },
      ],
      see: {
        en: '`scim` is offered among the event listeners.',
        de: '`scim` steht unter den Event Listeners zur Wahl.',
      },
      checked: CHECKED,
      source: LISTENER,
    },
    {
      id: 'listener',
      title: { en: 'Switch the listener on', de: 'Listener einschalten' },
      where: ['Admin Console', 'Realm settings', 'Events', 'Event listeners'],
      clicks: [{ en: 'Add `scim` and *Save*.', de: 'Fügen Sie `scim` hinzu und klicken Sie auf *Save*.' }],
      see: { en: '`scim` is in the list.', de: '`scim` steht in der Liste.' },
      checked: CHECKED,
      source: LISTENER,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['Admin Console', 'User federation', 'Add provider', 'scim'],
      clicks: [
        {
          en: 'Fill in the fields, switch the propagation of users and, if wanted, groups on, and *Save*.',
          de: 'Füllen Sie die Felder aus, schalten Sie die Übertragung von Benutzern und, falls gewünscht, Gruppen ein und klicken Sie auf *Save*.',
        },
      ],
      fields: [
        { label: 'SCIM 2.0 endpoint', value: '{base-url}' },
        { label: 'Endpoint content type', value: 'application/scim+json' },
        { label: 'Auth mode', value: 'BEARER' },
        { label: 'Auth password/token', value: '{token}' },
      ],
      see: {
        en: 'The provider is in the list of user federation.',
        de: 'Der Provider steht in der Liste unter User federation.',
      },
      checked: CHECKED,
      source: LISTENER,
    },
    {
      id: 'try',
      title: { en: 'Create a test user', de: 'Testbenutzer anlegen' },
      where: ['Admin Console', 'Users', 'Add user'],
      clicks: [
        {
          en: 'Create a user. For those who exist already, run a sync of the provider.',
          de: 'Legen Sie einen Benutzer an. Für schon vorhandene starten Sie eine Synchronisierung des Providers.',
        },
      ],
      see: { en: 'The person appears here at once.', de: 'Die Person erscheint hier sofort.' },
      proof: 'person',
      checked: CHECKED,
      source: LISTENER,
    },
  ],
  test: [],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['Admin Console', 'Users', 'the test user'],
    clicks: [{ en: 'Switch *Enabled* off and *Save*.', de: 'Schalten Sie *Enabled* aus und klicken Sie auf *Save*.' }],
    see: {
      en: 'Here the person becomes inactive. Deleting the user deletes the person.',
      de: 'Hier wird die Person inaktiv. Löschen Sie den Benutzer, wird auch die Person gelöscht.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: LISTENER,
  },
  waits: {
    test: {
      en: 'there is no test; the first user is the test',
      de: 'es gibt keinen Test; der erste Benutzer ist der Test',
    },
    person: { en: 'at once', de: 'sofort' },
    leaver: { en: 'at once', de: 'sofort' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Is `scim` among the event listeners of this realm? The server’s log says why a request failed.',
    de: 'Steht `scim` unter den Event Listeners dieses Realms? Das Protokoll des Servers sagt, warum eine Anfrage scheiterte.',
  },
  groups: {
    en: 'Groups arrive with their members, if their propagation is on.',
    de: 'Gruppen kommen mit ihren Mitgliedern an, wenn ihre Übertragung eingeschaltet ist.',
  },
}
