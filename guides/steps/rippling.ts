// The clicks that connect Rippling.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const CUSTOM = 'https://workos.com/docs/integrations/rippling-scim'
const CLICKS = 'https://help.kombo.dev/hc/en-us/articles/35612530773521-Rippling-SCIM-How-do-I-link-my-account'

/** Rippling: a custom integration, driven by the HR record. */
export const rippling: Guide = {
  kind: 'rippling',
  name: 'Rippling',
  short: 'Rippling',
  needs: [
    {
      en: 'An administrator of Rippling with the IT products.',
      de: 'Ein Administratorkonto in Rippling mit den IT-Produkten.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Create the integration', de: 'Integration anlegen' },
      where: ['Rippling', 'IT', 'Third-Party Access', 'Add integration', 'Create new custom integration'],
      clicks: [
        {
          en: 'Enter a name, a category and a logo, tick *User management via SCIM*, and *Continue*.',
          de: 'Geben Sie Namen, Kategorie und Logo ein, setzen Sie den Haken bei *User management via SCIM* und klicken Sie auf *Continue*.',
        },
      ],
      see: { en: 'The page asks for the settings of SCIM.', de: 'Die Seite fragt nach den SCIM-Einstellungen.' },
      checked: CHECKED,
      source: CLICKS,
    },
    {
      id: 'settings',
      title: { en: 'Enter the URL', de: 'URL eintragen' },
      where: ['the integration', 'SCIM settings'],
      clicks: [
        {
          en: 'Fill in the fields. Tick *Supports groups*, *Supports pagination*, *Create and delete groups* and *Use PATCH to edit groups*.',
          de: 'Füllen Sie die Felder aus. Setzen Sie Haken bei *Supports groups*, *Supports pagination*, *Create and delete groups* und *Use PATCH to edit groups*.',
        },
      ],
      fields: [
        { label: 'SCIM version', value: '2.0' },
        { label: 'SCIM base URL', value: '{base-url}' },
        { label: 'SCIM authorization method', value: 'Bearer Token' },
        {
          label: 'Supported SCIM attributes',
          value: 'externalId, emails.primary, name.givenName, name.familyName',
          note: { en: 'And any others that you map.', de: 'Und alle weiteren, die Sie zuordnen.' },
        },
      ],
      see: {
        en: 'Rippling offers to install the integration.',
        de: 'Rippling bietet an, die Integration zu installieren.',
      },
      checked: CHECKED,
      source: CUSTOM,
    },
    {
      id: 'connect',
      title: { en: 'Install it and enter the token', de: 'Installieren und Token eintragen' },
      where: ['the integration', 'Install'],
      clicks: [
        {
          en: 'Click *Install now* and paste the token when Rippling asks for it.',
          de: 'Klicken Sie auf *Install now* und fügen Sie das Token ein, wenn Rippling danach fragt.',
        },
      ],
      fields: [{ label: 'Bearer Token', value: '{token}' }],
      see: { en: 'Rippling goes on to the access rules.', de: 'Rippling geht weiter zu den Zugriffsregeln.' },
      proof: 'test',
      checked: CHECKED,
      source: CLICKS,
    },
    {
      id: 'assign',
      title: { en: 'Say who gets it, and when', de: 'Festlegen, wer es bekommt und wann' },
      where: ['the integration', 'App access rules'],
      clicks: [
        {
          en: 'Set the access rules and the provision time, set all attributes to *On user creation and updates*, and match the people who are here already.',
          de: 'Legen Sie Zugriffsregeln und Zeitpunkt fest, stellen Sie alle Attribute auf *On user creation and updates* und ordnen Sie die schon vorhandenen Personen zu.',
        },
      ],
      see: {
        en: 'People appear here, hires on their first day.',
        de: 'Personen erscheinen hier, neue am ersten Arbeitstag.',
      },
      proof: 'person',
      checked: CHECKED,
      source: CLICKS,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'Users',
      asks: 'list',
      says: { en: 'listed the people', de: 'listete die Personen auf' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['the integration', 'Users', 'the test person'],
    clicks: [{ en: 'Remove the access of one test person.', de: 'Entziehen Sie einer Testperson den Zugang.' }],
    see: {
      en: 'Here the person becomes inactive. A termination takes effect on its date, not when it is entered.',
      de: 'Hier wird die Person inaktiv. Eine Kündigung wirkt an ihrem Datum, nicht bei der Eingabe.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: CLICKS,
  },
  waits: {
    test: { en: 'within a minute', de: 'innerhalb einer Minute' },
    person: {
      en: 'within an hour, hires on their first day',
      de: 'innerhalb einer Stunde, neue Personen am ersten Arbeitstag',
    },
    leaver: {
      en: 'within an hour, terminations on their date',
      de: 'innerhalb einer Stunde, Kündigungen an ihrem Datum',
    },
    rhythm: { en: 'whenever the HR record changes', de: 'sobald sich die Personalakte ändert' },
  },
  silence: {
    en: 'Do the access rules fit anybody, and is the provision time in the past?',
    de: 'Treffen die Zugriffsregeln auf jemanden zu, und liegt der Zeitpunkt in der Vergangenheit?',
  },
  groups: {
    en: 'Groups arrive with their members, if *Supports groups* is ticked.',
    de: 'Gruppen kommen mit ihren Mitgliedern an, wenn der Haken bei *Supports groups* gesetzt ist.',
  },
}
