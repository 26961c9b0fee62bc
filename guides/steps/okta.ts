// The clicks that connect Okta.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const WIZARD = 'https://help.okta.com/oie/en-us/Content/Topics/Apps/Apps_App_Integration_Wizard_SCIM.htm'
const REFERENCE = 'https://developer.okta.com/docs/reference/scim/scim-20/'

/** Okta: an app of its catalogue, or one made with the wizard; it sends changes as they happen. */
export const okta: Guide = {
  kind: 'okta',
  name: 'Okta',
  short: 'Okta',
  needs: [
    {
      en: 'An administrator who may add applications, and Okta’s Lifecycle Management.',
      de: 'Ein Administratorkonto, das Anwendungen hinzufügen darf, und Oktas Lifecycle Management.',
    },
    {
      en: 'A decision which kind of app: the app of your vendor in Okta’s catalogue where there is one; else an app made with the wizard, or, for a first try, the SCIM test app. Apps made with the wizard send whole groups on every change, so large groups are better off in a catalogue app.',
      de: 'Eine Entscheidung für eine Art von App: die App Ihres Anbieters im Okta-Katalog, wenn es sie gibt; sonst eine mit dem Assistenten erstellte oder, für einen ersten Versuch, die SCIM-Test-App. Mit dem Assistenten erstellte Apps senden bei jeder Änderung die ganze Gruppe; für große Gruppen ist eine Katalog-App besser.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Add the app', de: 'App hinzufügen' },
      where: ['Okta Admin Console', 'Applications', 'Applications', 'Browse App Catalog'],
      clicks: [
        {
          en: 'Search for *SCIM 2.0 Test App (Header Auth)*, click *Add Integration*, enter a label, click *Next* and *Done*. For an app made with the wizard: *General → App Settings → Edit*, set *Provisioning* to *SCIM* and *Save*.',
          de: 'Suchen Sie *SCIM 2.0 Test App (Header Auth)*, klicken Sie auf *Add Integration*, geben Sie einen Namen ein und klicken Sie auf *Next* und *Done*. Bei einer mit dem Assistenten erstellten App: *General → App Settings → Edit*, stellen Sie *Provisioning* auf *SCIM* und klicken Sie auf *Save*.',
        },
      ],
      see: { en: 'The app has a tab *Provisioning*.', de: 'Die App hat einen Reiter *Provisioning*.' },
      checked: CHECKED,
      source: WIZARD,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['the app', 'Provisioning', 'Configure API Integration'],
      clicks: [
        {
          en: 'Tick *Enable API integration*, fill in the two fields, and click *Test API Credentials*. In an app made with the wizard the fields are *SCIM connector base URL* and *HTTP Header → Authorization*; it also asks for the unique identifier: `userName`.',
          de: 'Setzen Sie den Haken bei *Enable API integration*, füllen Sie die beiden Felder aus und klicken Sie auf *Test API Credentials*. In einer mit dem Assistenten erstellten App heißen die Felder *SCIM connector base URL* und *HTTP Header → Authorization*; sie fragt auch nach dem eindeutigen Merkmal: `userName`.',
        },
      ],
      fields: [
        {
          label: 'Base URL',
          value: '{base-url}',
          note: { en: 'Without a slash at the end.', de: 'Ohne Schrägstrich am Ende.' },
        },
        {
          label: 'API Token',
          value: '{token}',
          note: {
            en: 'With or without `Bearer` in front: both are understood on a connection of this kind.',
            de: 'Mit oder ohne `Bearer` davor: Eine Verbindung dieser Art versteht beides.',
          },
        },
      ],
      see: {
        en: 'Okta says that the app was verified successfully. Then click *Save*.',
        de: 'Okta meldet, dass die App erfolgreich geprüft wurde. Klicken Sie dann auf *Save*.',
      },
      proof: 'test',
      checked: CHECKED,
      source: WIZARD,
    },
    {
      id: 'actions',
      title: { en: 'Switch on what Okta does', de: 'Einschalten, was Okta tut' },
      where: ['the app', 'Provisioning', 'To App', 'Edit'],
      clicks: [
        {
          en: 'Enable *Create Users*, *Update User Attributes* and *Deactivate Users*, and *Save*.',
          de: 'Schalten Sie *Create Users*, *Update User Attributes* und *Deactivate Users* ein und klicken Sie auf *Save*.',
        },
      ],
      see: { en: 'The three are on.', de: 'Alle drei sind eingeschaltet.' },
      checked: CHECKED,
      source: WIZARD,
    },
    {
      id: 'assign',
      title: { en: 'Assign people', de: 'Personen zuweisen' },
      where: ['the app', 'Assignments', 'Assign'],
      clicks: [
        {
          en: 'Choose *Assign to People* for a first person, or *Assign to Groups*, then *Save and Go Back* and *Done*.',
          de: 'Wählen Sie *Assign to People* für eine erste Person oder *Assign to Groups*, dann *Save and Go Back* und *Done*.',
        },
      ],
      see: {
        en: 'The person is in the list, and appears here within seconds.',
        de: 'Die Person steht in der Liste und erscheint hier nach wenigen Sekunden.',
      },
      proof: 'person',
      checked: CHECKED,
      source: REFERENCE,
    },
    {
      id: 'groups',
      title: { en: 'Push groups', de: 'Gruppen übertragen' },
      where: ['the app', 'Push Groups', 'Push Groups', 'Find groups by name'],
      clicks: [
        {
          en: 'Search for the group, leave *Push group memberships immediately* ticked, and *Save*. Use other groups for this than the one that assigns the app: Okta pushes only members who are already assigned.',
          de: 'Suchen Sie die Gruppe, lassen Sie den Haken bei *Push group memberships immediately* und klicken Sie auf *Save*. Nehmen Sie dafür andere Gruppen als die, mit der die App zugewiesen ist: Okta überträgt nur Mitglieder, denen sie schon zugewiesen ist.',
        },
      ],
      see: { en: 'The status of the push becomes *Active*.', de: 'Der Status der Übertragung wird *Active*.' },
      proof: 'group',
      checked: CHECKED,
      source: REFERENCE,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'Users',
      asks: 'list',
      says: { en: 'asked for two people', de: 'fragte nach zwei Personen' },
    },
    {
      method: 'GET',
      endpoint: 'Groups',
      asks: 'list',
      says: { en: 'asked for the groups', de: 'fragte nach den Gruppen' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['the app', 'Assignments'],
    clicks: [
      {
        en: 'Click the cross in the line of one test person and confirm.',
        de: 'Klicken Sie auf das Kreuz in der Zeile einer Testperson und bestätigen Sie.',
      },
    ],
    see: {
      en: 'The line is gone there; here the person becomes inactive. Okta never deletes people.',
      de: 'Die Zeile verschwindet dort; hier wird die Person inaktiv. Okta löscht nie Personen.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: REFERENCE,
  },
  waits: {
    test: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    person: { en: 'within a minute', de: 'innerhalb einer Minute' },
    leaver: { en: 'within a minute', de: 'innerhalb einer Minute' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Are *Create Users* and *Deactivate Users* on under *To App*? *Dashboard → Tasks* lists what failed before it was sent.',
    de: 'Sind *Create Users* und *Deactivate Users* unter *To App* eingeschaltet? *Dashboard → Tasks* nennt, was vor dem Senden scheiterte.',
  },
  groups: {
    en: 'Pushed groups arrive with those members who are assigned to the app.',
    de: 'Übertragene Gruppen kommen mit den Mitgliedern an, denen die App zugewiesen ist.',
  },
}
