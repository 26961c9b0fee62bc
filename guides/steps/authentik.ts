// The clicks that connect authentik.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const CREATE = 'https://docs.goauthentik.io/add-secure-apps/providers/scim/create-scim-provider/'
const ABOUT = 'https://docs.goauthentik.io/add-secure-apps/providers/scim/'

/** authentik: a SCIM provider beside the one for sign-in; it sends at once and syncs all every hour. */
export const authentik: Guide = {
  kind: 'authentik',
  name: 'authentik',
  short: 'authentik',
  needs: [
    {
      en: 'An administrator of authentik, and the application for sign-in, if it exists already.',
      de: 'Ein Administratorkonto in authentik und die Anwendung für die Anmeldung, falls es sie schon gibt.',
    },
  ],
  steps: [
    {
      id: 'connect',
      title: { en: 'Make the SCIM provider', de: 'SCIM Provider anlegen' },
      where: ['authentik Admin interface', 'Applications', 'Providers', 'New Provider', 'SCIM Provider'],
      clicks: [
        {
          en: 'Fill in the fields. Leave the compatibility mode at its default, choose a group to filter by if not everybody should be sent, and *Create*.',
          de: 'Füllen Sie die Felder aus. Lassen Sie den Kompatibilitätsmodus, wie er ist, wählen Sie eine Gruppe als Filter, wenn nicht alle gesendet werden sollen, und klicken Sie auf *Create*.',
        },
      ],
      fields: [
        { label: 'URL', value: '{base-url}' },
        { label: 'Authentication mode', value: 'Static token' },
        { label: 'Token', value: '{token}' },
      ],
      see: { en: 'The provider is in the list.', de: 'Der Provider steht in der Liste.' },
      checked: CHECKED,
      source: CREATE,
    },
    {
      id: 'backchannel',
      title: { en: 'Add it to the application', de: 'Der Anwendung hinzufügen' },
      where: ['authentik Admin interface', 'Applications', 'Applications', 'the application', 'Edit'],
      clicks: [
        {
          en: 'Click the plus sign beside *Backchannel providers*, select the SCIM provider, *Confirm* and *Save changes*. SCIM is never an application’s only provider.',
          de: 'Klicken Sie auf das Pluszeichen neben *Backchannel providers*, wählen Sie den SCIM Provider, dann *Confirm* und *Save changes*. SCIM ist nie der einzige Provider einer Anwendung.',
        },
      ],
      see: { en: 'The provider’s page names the application.', de: 'Die Seite des Providers nennt die Anwendung.' },
      checked: CHECKED,
      source: CREATE,
    },
    {
      id: 'start',
      title: { en: 'Run the first sync', de: 'Die erste Synchronisierung starten' },
      where: ['Applications', 'Providers', 'the provider'],
      clicks: [{ en: 'Click *Run sync again*.', de: 'Klicken Sie auf *Run sync again*.' }],
      see: {
        en: 'The status of the sync becomes *Successful*, and people appear here.',
        de: 'Der Status wird *Successful*, und Personen erscheinen hier.',
      },
      proof: 'person',
      checked: CHECKED,
      source: ABOUT,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'ServiceProviderConfig',
      asks: 'list',
      says: { en: 'read what this server can do', de: 'las, was dieser Server kann' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['authentik Admin interface', 'Directory', 'Users', 'the test user'],
    clicks: [
      {
        en: 'Click *Deactivate*, or take the user out of the group that the provider filters by.',
        de: 'Klicken Sie auf *Deactivate* oder nehmen Sie den Benutzer aus der Gruppe, nach der der Provider filtert.',
      },
    ],
    see: {
      en: 'Here the person becomes inactive; out of the group they are deleted with the next sync.',
      de: 'Hier wird die Person inaktiv; nach dem Verlassen der Gruppe wird sie mit der nächsten Synchronisierung gelöscht.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: ABOUT,
  },
  waits: {
    test: { en: 'with the first sync', de: 'mit der ersten Synchronisierung' },
    person: { en: 'within a minute', de: 'innerhalb einer Minute' },
    leaver: {
      en: 'within a minute; by the filter within an hour',
      de: 'innerhalb einer Minute; durch den Filter innerhalb einer Stunde',
    },
    rhythm: {
      en: 'whenever something changes, and everything every hour',
      de: 'sobald sich etwas ändert, und alles jede Stunde',
    },
  },
  silence: {
    en: 'Is the provider among the *Backchannel providers* of an application? Does a worker of authentik run?',
    de: 'Steht der Provider unter *Backchannel providers* einer Anwendung? Läuft ein Worker von authentik?',
  },
  groups: {
    en: 'Groups arrive with their members.',
    de: 'Gruppen kommen mit ihren Mitgliedern an.',
  },
}
