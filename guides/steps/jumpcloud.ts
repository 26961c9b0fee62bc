// The clicks that connect JumpCloud.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const CUSTOM = 'https://help.kisi.io/marketplace/identity_management/scim/jumpcloud'
const CLICKS = 'https://docs.byo.propelauth.com/scim/example-setup-guides/jumpcloud'

/** JumpCloud: an application with identity management; its test creates and deletes a person and a group. */
export const jumpcloud: Guide = {
  kind: 'jumpcloud',
  name: 'JumpCloud',
  short: 'JumpCloud',
  needs: [
    {
      en: 'An administrator of the JumpCloud Admin Portal, and an e-mail address that nobody here has, for the test.',
      de: 'Ein Administratorkonto im JumpCloud Admin Portal und eine E-Mail-Adresse, die hier niemand hat, für den Test.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Add the application', de: 'Anwendung hinzufügen' },
      where: ['JumpCloud Admin Portal', 'SSO Applications', 'Add New Application', 'Custom Application'],
      clicks: [
        {
          en: 'Choose *Export users to this app (Identity Management)* and *Next*, enter a name, *Save Application*, then *Configure Application*.',
          de: 'Wählen Sie *Export users to this app (Identity Management)* und *Next*, geben Sie einen Namen ein, klicken Sie auf *Save Application* und dann auf *Configure Application*.',
        },
      ],
      see: {
        en: 'The application has a tab *Identity Management*.',
        de: 'Die Anwendung hat einen Reiter *Identity Management*.',
      },
      checked: CHECKED,
      source: CLICKS,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['the application', 'Identity Management'],
      clicks: [
        {
          en: 'Fill in the fields and click *Test Connection*, then *Activate* and *Save*. The test creates a person and a group here and deletes both.',
          de: 'Füllen Sie die Felder aus und klicken Sie auf *Test Connection*, dann auf *Activate* und *Save*. Der Test legt hier eine Person und eine Gruppe an und löscht beide.',
        },
      ],
      fields: [
        { label: 'SCIM Version', value: 'SCIM 2.0' },
        { label: 'Base URL', value: '{base-url}' },
        { label: 'Token Key', value: '{token}' },
        {
          label: 'Test User Email',
          value: 'an address that nobody here has',
          note: {
            en: 'If the app sends mail to new people, use an address that may receive it.',
            de: 'Sendet die App neuen Personen E-Mails, nehmen Sie eine Adresse, die sie bekommen darf.',
          },
        },
        {
          label: 'Enable management of User Groups and Group Membership in this application',
          value: 'on, if groups should follow',
        },
      ],
      see: {
        en: 'A message says that the test succeeded; after *Activate* the status is *Active*.',
        de: 'Eine Meldung sagt, dass der Test gelungen ist; nach *Activate* ist der Status *Active*.',
      },
      proof: 'test',
      checked: CHECKED,
      source: CUSTOM,
    },
    {
      id: 'assign',
      title: { en: 'Bind user groups', de: 'Benutzergruppen verbinden' },
      where: ['the application', 'User Groups'],
      clicks: [
        {
          en: 'Tick the groups whose members should have the app, and *Save*.',
          de: 'Setzen Sie Haken bei den Gruppen, deren Mitglieder die App bekommen sollen, und klicken Sie auf *Save*.',
        },
      ],
      see: { en: 'Their members appear here.', de: 'Ihre Mitglieder erscheinen hier.' },
      proof: 'person',
      checked: CHECKED,
      source: CUSTOM,
    },
  ],
  test: [
    {
      method: 'POST',
      endpoint: 'Users',
      asks: 'list',
      says: { en: 'created a test person', de: 'legte eine Testperson an' },
    },
    {
      method: 'POST',
      endpoint: 'Groups',
      asks: 'list',
      says: { en: 'created a test group', de: 'legte eine Testgruppe an' },
    },
    {
      method: 'DELETE',
      endpoint: 'Groups',
      asks: 'one',
      says: { en: 'deleted the test group', de: 'löschte die Testgruppe' },
    },
    {
      method: 'DELETE',
      endpoint: 'Users',
      asks: 'one',
      says: { en: 'deleted the test person', de: 'löschte die Testperson' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['User Groups', 'the bound group', 'Users'],
    clicks: [
      {
        en: 'Take one test person out of the bound group and *Save*, or suspend the person.',
        de: 'Nehmen Sie eine Testperson aus der verbundenen Gruppe und klicken Sie auf *Save*, oder sperren Sie sie.',
      },
    ],
    see: { en: 'Here the person becomes inactive.', de: 'Hier wird die Person inaktiv.' },
    proof: 'leaver',
    checked: CHECKED,
    source: CUSTOM,
  },
  waits: {
    test: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    person: { en: 'within a few minutes', de: 'innerhalb weniger Minuten' },
    leaver: { en: 'within a few minutes', de: 'innerhalb weniger Minuten' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Is the integration *Active*, and a group bound under *User Groups*? JumpCloud does not create empty groups.',
    de: 'Ist die Integration *Active* und unter *User Groups* eine Gruppe verbunden? Leere Gruppen legt JumpCloud nicht an.',
  },
  groups: {
    en: 'Bound groups arrive with their members, if group management is on. A group of the same name here is taken over.',
    de: 'Verbundene Gruppen kommen mit ihren Mitgliedern an, wenn die Gruppenverwaltung eingeschaltet ist. Eine Gruppe gleichen Namens hier wird übernommen.',
  },
}
