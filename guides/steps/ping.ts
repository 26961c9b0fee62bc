// The clicks that connect PingOne; PingFederate differs and has its own section in the guide.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const CONNECTION = 'https://docs.pingidentity.com/r/en-us/pingone/pingone_create_provisioning_connection'
const RULE = 'https://docs.pingidentity.com/pingone/integrations/p1_provisioning_creating_rule_types.html'
const GROUPS = 'https://docs.pingidentity.com/pingone/integrations/p1_provisioning_outbound_group_provisioning.html'

/** PingOne: a SCIM connection, and a rule that says who travels on it. */
export const ping: Guide = {
  kind: 'ping',
  name: 'PingOne',
  short: 'Ping',
  needs: [
    {
      en: 'The role *Environment Admin* in PingOne. With PingFederate, the SCIM Provisioner instead.',
      de: 'Die Rolle *Environment Admin* in PingOne. Bei PingFederate stattdessen der SCIM Provisioner.',
    },
  ],
  steps: [
    {
      id: 'connection',
      title: { en: 'Make the connection there', de: 'Die Verbindung dort anlegen' },
      where: ['PingOne', 'Integrations', 'Provisioning', '+', 'New Connection'],
      clicks: [
        {
          en: 'Choose *Identity Store*, then *Select* on the tile *SCIM Outbound*. Enter a name and click *Next*.',
          de: 'Wählen Sie *Identity Store*, dann *Select* auf der Kachel *SCIM Outbound*. Geben Sie einen Namen ein und klicken Sie auf *Next*.',
        },
      ],
      see: {
        en: 'The page *Configure Authentication* opens.',
        de: 'Die Seite *Configure Authentication* öffnet sich.',
      },
      checked: CHECKED,
      source: CONNECTION,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['the connection', 'Configure Authentication'],
      clicks: [
        {
          en: 'Fill in the fields and click *Test Connection*.',
          de: 'Füllen Sie die Felder aus und klicken Sie auf *Test Connection*.',
        },
      ],
      fields: [
        { label: 'SCIM Base URL', value: '{base-url}' },
        { label: 'Users Resource', value: '/Users' },
        { label: 'SCIM Version', value: '2.0' },
        { label: 'Authentication Method', value: 'OAuth 2 Bearer Token' },
        { label: 'OAuth Access Token', value: '{token}' },
        { label: 'Auth Type Header', value: 'Bearer' },
      ],
      see: { en: '*Connection Successful*. Then *Continue*.', de: '*Connection Successful*. Dann *Continue*.' },
      proof: 'test',
      checked: CHECKED,
      source: CONNECTION,
    },
    {
      id: 'preferences',
      title: { en: 'Say how people are found and removed', de: 'Festlegen, wie Personen gefunden und entfernt werden' },
      where: ['the connection', 'Configure Preferences'],
      clicks: [
        {
          en: 'Keep `userName` as *User Identifier*. As *Remove Action* choose *Disable*. *Finish*, and switch the connection on.',
          de: 'Lassen Sie `userName` als *User Identifier*. Wählen Sie *Disable* als *Remove Action*. Klicken Sie auf *Finish* und schalten Sie die Verbindung ein.',
        },
      ],
      see: { en: 'The switch of the connection is on.', de: 'Der Schalter der Verbindung ist an.' },
      checked: CHECKED,
      source: CONNECTION,
    },
    {
      id: 'rule',
      title: { en: 'Make the rule', de: 'Die Regel anlegen' },
      where: ['PingOne', 'Integrations', 'Provisioning', '+', 'New Rule'],
      clicks: [
        {
          en: 'Source is the PingOne directory, target this connection. Add a *User Filter*, for example a population, review *Attribute Mapping* (map the user id to `externalId`), save, and switch the rule on.',
          de: 'Quelle ist das PingOne-Verzeichnis, Ziel diese Verbindung. Setzen Sie einen *User Filter*, etwa eine Population, prüfen Sie *Attribute Mapping* (ordnen Sie `externalId` die Benutzer-ID zu), speichern Sie und schalten Sie die Regel ein.',
        },
      ],
      see: {
        en: 'The rule shows a sync status, and people appear here.',
        de: 'Die Regel zeigt einen Sync-Status, und Personen erscheinen hier.',
      },
      proof: 'person',
      checked: CHECKED,
      source: RULE,
    },
    {
      id: 'groups',
      title: { en: 'Add groups, if they are wanted', de: 'Gruppen hinzufügen, falls gewünscht' },
      where: ['the rule', 'Group Provisioning'],
      clicks: [
        {
          en: 'Add the groups. *Merge* changes members one by one, *Overwrite* sends the whole group each time.',
          de: 'Fügen Sie die Gruppen hinzu. *Merge* ändert Mitglieder einzeln, *Overwrite* sendet jedes Mal die ganze Gruppe.',
        },
      ],
      see: {
        en: 'The groups appear here with their members.',
        de: 'Die Gruppen erscheinen hier mit ihren Mitgliedern.',
      },
      proof: 'group',
      checked: CHECKED,
      source: GROUPS,
    },
  ],
  test: [
    {
      method: 'GET',
      endpoint: 'Users',
      asks: 'list',
      says: { en: 'asked for people', de: 'fragte nach Personen' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['PingOne', 'Directory', 'Users', 'the test person'],
    clicks: [
      {
        en: 'Switch one test person off, or take them out of the population or group that the rule names.',
        de: 'Schalten Sie eine Testperson ab oder nehmen Sie sie aus der Population oder Gruppe, die die Regel nennt.',
      },
    ],
    see: {
      en: 'Here the person becomes inactive; with the remove action *Delete* they are gone.',
      de: 'Hier wird die Person inaktiv; mit der Aktion *Delete* ist sie gelöscht.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: CONNECTION,
  },
  waits: {
    test: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    person: { en: 'within a few minutes', de: 'innerhalb weniger Minuten' },
    leaver: { en: 'within a few minutes', de: 'innerhalb weniger Minuten' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Are both the connection and the rule switched on? Does the user filter fit anybody?',
    de: 'Sind Verbindung und Regel beide eingeschaltet? Trifft der User Filter auf jemanden zu?',
  },
  groups: {
    en: 'Groups of the rule arrive with those members who pass its user filter.',
    de: 'Gruppen der Regel kommen mit den Mitgliedern an, auf die ihr User Filter zutrifft.',
  },
}
