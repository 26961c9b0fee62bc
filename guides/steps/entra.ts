// The clicks that connect Microsoft Entra ID.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const SCIM = 'https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups'
const FLAG =
  'https://learn.microsoft.com/en-us/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility'
const HOW = 'https://learn.microsoft.com/en-us/entra/identity/app-provisioning/how-provisioning-works'

/** Microsoft Entra ID: an enterprise application that provisions in cycles of about forty minutes. */
export const entra: Guide = {
  kind: 'entra',
  name: 'Microsoft Entra ID',
  short: 'Entra',
  needs: [
    {
      en: 'The role *Application Administrator* or *Cloud Application Administrator* in Entra.',
      de: 'Die Rolle *Application Administrator* oder *Cloud Application Administrator* in Entra.',
    },
    {
      en: 'A licence that includes automatic provisioning; assigning groups needs Entra ID P1.',
      de: 'Eine Lizenz mit automatischer Bereitstellung; um Gruppen zuzuweisen, Entra ID P1.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Create the application', de: 'Anwendung anlegen' },
      where: ['Entra admin center', 'Enterprise apps', 'New application', 'Create your own application'],
      clicks: [
        {
          en: 'Enter a name, choose *Integrate any other application you don’t find in the gallery (Non-gallery)* and click *Create*.',
          de: 'Geben Sie einen Namen ein, wählen Sie *Integrate any other application you don’t find in the gallery (Non-gallery)* und klicken Sie auf *Create*.',
        },
      ],
      see: { en: 'The overview of the new application opens.', de: 'Die Übersicht der neuen Anwendung öffnet sich.' },
      checked: CHECKED,
      source: SCIM,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['the application', 'Provisioning', 'New configuration'],
      clicks: [
        {
          en: 'Fill in the two fields and click *Test connection*. Where the older page opens, set *Provisioning Mode* to *Automatic* first; the fields are under *Admin Credentials*.',
          de: 'Füllen Sie die beiden Felder aus und klicken Sie auf *Test connection*. Öffnet sich die ältere Seite, stellen Sie zuerst *Provisioning Mode* auf *Automatic*; die Felder stehen dort unter *Admin Credentials*.',
        },
      ],
      fields: [
        {
          label: 'Tenant URL',
          value: '{base-url}?aadOptscim062020',
          note: {
            en: 'The flag at the end makes Entra send PATCH requests that follow the RFC; it also works without.',
            de: 'Mit dem Zusatz am Ende sendet Entra PATCH-Anfragen nach dem RFC; es geht auch ohne.',
          },
        },
        { label: 'Secret token', value: '{token}' },
      ],
      see: {
        en: 'A message says that the credentials are authorized to enable provisioning. Then click *Create* (older page: *Save*).',
        de: 'Eine Meldung sagt, dass die Anmeldedaten die Bereitstellung erlauben. Klicken Sie dann auf *Create* (ältere Seite: *Save*).',
      },
      proof: 'test',
      checked: CHECKED,
      source: FLAG,
    },
    {
      id: 'mapping',
      title: { en: 'Review the attributes', de: 'Attribute prüfen' },
      where: ['the application', 'Provisioning', 'Attribute mapping'],
      clicks: [
        {
          en: 'Open the mapping of users. `userPrincipalName` goes to `userName`; set `objectId` as the source of `externalId`, because it never changes. Leave `active` as it is, delete what you do not need, and *Save*.',
          de: 'Öffnen Sie die Zuordnung der Benutzer. `userPrincipalName` geht an `userName`; nehmen Sie `objectId` als Quelle von `externalId`, denn sie ändert sich nie. Lassen Sie `active`, wie es ist, löschen Sie, was Sie nicht brauchen, und klicken Sie auf *Save*.',
        },
      ],
      see: { en: 'The list shows your mapping, saved.', de: 'Die Liste zeigt Ihre Zuordnung, gespeichert.' },
      checked: CHECKED,
      source: SCIM,
    },
    {
      id: 'assign',
      title: { en: 'Assign people', de: 'Personen zuweisen' },
      where: ['the application', 'Users and groups', 'Add user/group'],
      clicks: [
        {
          en: 'Choose the people or groups who should have access and click *Assign*. Members of groups inside an assigned group do not count.',
          de: 'Wählen Sie die Personen oder Gruppen, die Zugang bekommen sollen, und klicken Sie auf *Assign*. Mitglieder von Gruppen innerhalb einer zugewiesenen Gruppe zählen nicht.',
        },
      ],
      see: { en: 'They are in the list.', de: 'Sie stehen in der Liste.' },
      checked: CHECKED,
      source: HOW,
    },
    {
      id: 'try',
      title: { en: 'Provision one person', de: 'Eine Person bereitstellen' },
      where: ['the application', 'Provisioning', 'Provision on demand'],
      clicks: [
        {
          en: 'Search for one of the people you assigned and click *Provision*.',
          de: 'Suchen Sie eine der zugewiesenen Personen und klicken Sie auf *Provision*.',
        },
      ],
      see: {
        en: 'Every step of the page has a green tick, and the person appears here.',
        de: 'Jeder Schritt der Seite hat einen grünen Haken, und die Person erscheint hier.',
      },
      proof: 'person',
      checked: CHECKED,
      source: SCIM,
    },
    {
      id: 'start',
      title: { en: 'Start provisioning', de: 'Bereitstellung starten' },
      where: ['the application', 'Provisioning', 'Overview', 'Start provisioning'],
      clicks: [
        {
          en: 'Click *Start provisioning*. The first cycle takes longer than those after it.',
          de: 'Klicken Sie auf *Start provisioning*. Der erste Lauf dauert länger als die folgenden.',
        },
      ],
      see: {
        en: 'The page shows the current cycle; *Provisioning logs* lists each person.',
        de: 'Die Seite zeigt den laufenden Zyklus; *Provisioning logs* nennt jede Person.',
      },
      proof: 'person',
      checked: CHECKED,
      source: SCIM,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'Users',
      asks: 'filter',
      says: { en: 'asked for a person that cannot exist', de: 'fragte nach einer Person, die es nicht geben kann' },
    },
    {
      method: 'GET',
      endpoint: 'Groups',
      asks: 'filter',
      says: { en: 'asked for a group that cannot exist', de: 'fragte nach einer Gruppe, die es nicht geben kann' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['the application', 'Users and groups'],
    clicks: [
      {
        en: 'Select one test person, click *Remove*, then run *Provision on demand* for the same person, or wait for the next cycle.',
        de: 'Wählen Sie eine Testperson, klicken Sie auf *Remove* und führen Sie *Provision on demand* für dieselbe Person aus, oder warten Sie auf den nächsten Zyklus.',
      },
    ],
    see: {
      en: 'Entra says that the person was disabled; here they become inactive. When somebody is deleted in Entra, they are deleted here about 30 days later.',
      de: 'Entra meldet, dass die Person deaktiviert wurde; hier wird sie inaktiv. Entra löscht etwa 30 Tage nach dem Löschen dort.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: HOW,
  },
  waits: {
    test: { en: 'within a minute', de: 'innerhalb einer Minute' },
    person: {
      en: 'on demand within a minute, otherwise with the next cycle',
      de: 'auf Abruf innerhalb einer Minute, sonst mit dem nächsten Zyklus',
    },
    leaver: { en: 'up to 40 minutes; on demand at once', de: 'bis zu 40 Minuten; auf Abruf sofort' },
    rhythm: { en: 'every 40 minutes', de: 'alle 40 Minuten' },
  },
  silence: {
    en: 'Is provisioning started, and the mode *Automatic*? Does a firewall refuse requests without a User-Agent? Entra sends none.',
    de: 'Ist die Bereitstellung gestartet und der Modus *Automatic*? Weist eine Firewall Anfragen ohne User-Agent ab? Entra sendet keinen.',
  },
  groups: {
    en: 'Assigned groups arrive with their direct members, if the mapping of groups is enabled.',
    de: 'Zugewiesene Gruppen kommen mit ihren direkten Mitgliedern an, wenn die Zuordnung der Gruppen eingeschaltet ist.',
  },
}
