// The clicks that connect Auth0.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const OUTBOUND = 'https://auth0.com/docs/customize/events/send-outbound-scim'

/** Auth0: an event stream whose action sends SCIM. */
export const auth0: Guide = {
  kind: 'auth0',
  name: 'Auth0',
  short: 'Auth0',
  needs: [
    {
      en: 'An Auth0 tenant with Events and Actions, and an administrator of its Dashboard.',
      de: 'Ein Auth0-Tenant mit Events und Actions und ein Administratorkonto im Dashboard.',
    },
    {
      en: 'The people who exist already, brought over once: the stream reports changes only.',
      de: 'Die schon vorhandenen Personen, einmal übertragen: Der Strom meldet nur Änderungen.',
    },
  ],
  steps: [
    {
      id: 'stream',
      title: { en: 'Create the event stream', de: 'Event Stream anlegen' },
      where: ['Auth0 Dashboard', 'Event Streams', 'Create Event Stream'],
      clicks: [
        {
          en: 'Choose *Auth0 Actions* as destination, enter a *Stream Name*, and select the events `user.created`, `user.updated` and `user.deleted`.',
          de: 'Wählen Sie *Auth0 Actions* als Ziel, geben Sie einen *Stream Name* ein und wählen Sie die Ereignisse `user.created`, `user.updated` und `user.deleted`.',
        },
      ],
      see: { en: 'The *Actions Editor* opens.', de: 'Der *Actions Editor* öffnet sich.' },
      checked: CHECKED,
      source: OUTBOUND,
    },
    {
      id: 'connect',
      title: { en: 'Add the two secrets', de: 'Die beiden Secrets eintragen' },
      where: ['the event stream', 'Actions Editor', 'Secrets'],
      clicks: [
        {
          en: 'Click the key icon and add both secrets.',
          de: 'Klicken Sie auf das Schlüsselsymbol und tragen Sie beide Secrets ein.',
        },
      ],
      fields: [
        { label: 'SCIM_BASE_URL', value: '{base-url}' },
        { label: 'SCIM_BEARER_TOKEN', value: '{token}' },
      ],
      see: { en: 'Both names are in the list of secrets.', de: 'Beide Namen stehen in der Liste der Secrets.' },
      checked: CHECKED,
      source: OUTBOUND,
    },
    {
      id: 'template',
      title: { en: 'Paste the template and deploy', de: 'Vorlage einfügen und bereitstellen' },
      where: ['the event stream', 'Actions Editor'],
      clicks: [
        {
          en: 'Paste Auth0’s *outbound SCIM 2.0 user provisioning* template, review the mapping in `buildScimUser()`, then *Save Draft* and *Deploy*.',
          de: 'Fügen Sie die Vorlage *outbound SCIM 2.0 user provisioning* von Auth0 ein, prüfen Sie die Zuordnung in `buildScimUser()` und klicken Sie auf *Save Draft* und *Deploy*.',
        },
        {
          en: 'If not all existing people were brought over, enable the upsert in `onUserUpdated()`, which the template has as a comment.',
          de: 'Wurden nicht alle vorhandenen Personen übertragen, schalten Sie in `onUserUpdated()` das Anlegen fehlender ein, das die Vorlage als Kommentar enthält.',
        },
      ],
      see: {
        en: 'The action is deployed, and the stream is enabled.',
        de: 'Die Action ist bereitgestellt und der Strom eingeschaltet.',
      },
      checked: CHECKED,
      source: OUTBOUND,
    },
    {
      id: 'try',
      title: { en: 'Create a test user', de: 'Testbenutzer anlegen' },
      where: ['Auth0 Dashboard', 'User Management', 'Users', 'Create User'],
      clicks: [
        {
          en: 'Create a user with an e-mail address: users without one are skipped.',
          de: 'Legen Sie einen Benutzer mit E-Mail-Adresse an: Benutzer ohne werden übergangen.',
        },
      ],
      see: { en: 'The person appears here within seconds.', de: 'Die Person erscheint hier nach wenigen Sekunden.' },
      proof: 'person',
      checked: CHECKED,
      source: OUTBOUND,
    },
  ],
  test: [],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['Auth0 Dashboard', 'User Management', 'Users', 'the test user', 'Actions'],
    clicks: [{ en: 'Choose *Block* for one test user.', de: 'Wählen Sie *Block* für einen Testbenutzer.' }],
    see: {
      en: 'Here the person becomes inactive. *Delete* deletes them. A block that expires by itself sends nothing.',
      de: 'Hier wird die Person inaktiv. *Delete* löscht sie. Eine Sperre, die von selbst endet, sendet nichts.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: OUTBOUND,
  },
  waits: {
    test: {
      en: 'there is no test; the first user is the test',
      de: 'es gibt keinen Test; der erste Benutzer ist der Test',
    },
    person: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    leaver: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Is the action deployed and the stream enabled? The stream’s *Deliveries* show failed events; *Health* shows the rest.',
    de: 'Ist die Action bereitgestellt und der Strom eingeschaltet? *Deliveries* des Stroms zeigt gescheiterte Ereignisse, *Health* den Rest.',
  },
  groups: { en: 'Auth0 sends no groups.', de: 'Auth0 sendet keine Gruppen.' },
}
