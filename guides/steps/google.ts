// The clicks that connect Google Workspace, for an app of its catalogue.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const ABOUT = 'https://support.google.com/a/answer/7681608'
const EXAMPLE = 'https://knowledge.workspace.google.com/admin/users/advanced/configure-screensteps-user-provisioning'

/** Google Workspace: automated user provisioning, which catalogue apps alone have. */
export const google: Guide = {
  kind: 'google',
  name: 'Google Workspace',
  short: 'Google',
  needs: [
    {
      en: 'A super administrator, and the app in Google’s catalogue with single sign-on set up. Google gives no SCIM address to an app of your own: without a catalogue app, use a bridge.',
      de: 'Ein Super-Administratorkonto und die App in Googles Katalog mit eingerichteter Anmeldung. Einer eigenen App gibt Google keine SCIM-Adresse: Ohne Katalog-App brauchen Sie eine Brücke.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Open the app', de: 'App öffnen' },
      where: ['Google Admin console', 'Apps', 'Web and mobile apps', 'the app'],
      clicks: [
        {
          en: 'Under *Autoprovisioning*, click *Configure autoprovisioning*.',
          de: 'Klicken Sie unter *Autoprovisioning* auf *Configure autoprovisioning*.',
        },
      ],
      see: { en: 'The first page asks for the access token.', de: 'Die erste Seite fragt nach dem Zugangstoken.' },
      checked: CHECKED,
      source: EXAMPLE,
    },
    {
      id: 'connect',
      title: { en: 'Enter the token and the URL', de: 'Token und URL eintragen' },
      where: ['the app', 'Autoprovisioning'],
      clicks: [
        {
          en: 'Enter the token, *Continue*, enter the URL, *Continue*.',
          de: 'Tragen Sie das Token ein, *Continue*, tragen Sie die URL ein, *Continue*.',
        },
      ],
      fields: [
        { label: 'Access token', value: '{token}' },
        {
          label: 'Endpoint URL',
          value: '{base-url}',
          note: {
            en: 'Some apps of the catalogue do not ask for it.',
            de: 'Manche Apps des Katalogs fragen nicht danach.',
          },
        },
      ],
      see: { en: 'Google shows the attributes of the app.', de: 'Google zeigt die Attribute der App.' },
      proof: 'test',
      checked: CHECKED,
      source: EXAMPLE,
    },
    {
      id: 'mapping',
      title: { en: 'Map the attributes', de: 'Attribute zuordnen' },
      where: ['the app', 'Autoprovisioning', 'App attributes'],
      clicks: [
        {
          en: 'Every attribute with an asterisk needs a Google directory attribute: *Primary email* for `userName`, *First name* for `name.givenName`, *Last name* for `name.familyName`. *Continue*.',
          de: 'Jedes Attribut mit einem Stern braucht ein Attribut des Google-Verzeichnisses: *Primary email* für `userName`, *First name* für `name.givenName`, *Last name* für `name.familyName`. *Continue*.',
        },
      ],
      see: { en: 'No attribute with an asterisk is left empty.', de: 'Kein Attribut mit Stern bleibt leer.' },
      checked: CHECKED,
      source: EXAMPLE,
    },
    {
      id: 'scope',
      title: { en: 'Choose who travels', de: 'Festlegen, wer übertragen wird' },
      where: ['the app', 'Autoprovisioning', 'Provisioning scope'],
      clicks: [
        {
          en: 'Search for groups if not everybody who has the app should be sent, *Continue*, and choose after how many days a person who loses the app is suspended or deleted. *Finish*.',
          de: 'Suchen Sie Gruppen, wenn nicht alle mit der App gesendet werden sollen, *Continue*, und wählen Sie, nach wie vielen Tagen eine Person ohne die App gesperrt oder gelöscht wird. *Finish*.',
        },
      ],
      see: {
        en: 'The section *Autoprovisioning* shows a summary.',
        de: 'Der Abschnitt *Autoprovisioning* zeigt eine Zusammenfassung.',
      },
      checked: CHECKED,
      source: EXAMPLE,
    },
    {
      id: 'start',
      title: { en: 'Switch it on', de: 'Einschalten' },
      where: ['the app', 'Autoprovisioning'],
      clicks: [
        {
          en: 'Switch autoprovisioning to *Active*, and see that the app itself is *On* for the people under *User access*.',
          de: 'Schalten Sie Autoprovisioning auf *Active* und prüfen Sie, dass die App selbst unter *User access* für die Personen *On* ist.',
        },
      ],
      see: {
        en: 'The status is *Active*; the first people arrive with the next run.',
        de: 'Der Status ist *Active*; die ersten Personen kommen mit dem nächsten Lauf.',
      },
      proof: 'person',
      checked: CHECKED,
      source: ABOUT,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'Schemas',
      asks: 'one',
      says: { en: 'read which attributes a user has', de: 'las, welche Attribute ein Benutzer hat' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['Google Admin console', 'Directory', 'Users', 'the test person'],
    clicks: [
      {
        en: 'Suspend one test person, or take them out of the group of the scope.',
        de: 'Sperren Sie eine Testperson oder nehmen Sie sie aus der Gruppe des Umfangs.',
      },
    ],
    see: {
      en: 'After the delay that you chose the person becomes inactive here, or is deleted.',
      de: 'Nach der gewählten Frist wird die Person hier inaktiv oder gelöscht.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: EXAMPLE,
  },
  waits: {
    test: {
      en: 'within a minute, where the app reads its attributes',
      de: 'innerhalb einer Minute, wenn die App ihre Attribute liest',
    },
    person: { en: 'within a few hours', de: 'innerhalb einiger Stunden' },
    leaver: { en: 'from a day to a month, as chosen there', de: 'nach einem Tag bis einem Monat, wie dort gewählt' },
    rhythm: { en: 'every few hours', de: 'alle paar Stunden' },
  },
  silence: {
    en: 'Is autoprovisioning *Active*, and the app *On* for the person? Google runs every few hours only.',
    de: 'Ist Autoprovisioning *Active* und die App für die Person *On*? Google läuft nur alle paar Stunden.',
  },
  groups: {
    en: 'Google sends no groups: they only limit who is sent.',
    de: 'Google sendet keine Gruppen: Sie begrenzen nur, wer gesendet wird.',
  },
}
