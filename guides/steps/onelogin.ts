// The clicks that connect OneLogin.

import type { Guide } from './guide.ts'

const CHECKED = '2026-11-30'
const CREATE = 'https://developers.onelogin.com/scim/create-app'
const TEST = 'https://developers.onelogin.com/scim/test-your-scim'
const GROUPS = 'https://userguide.qualytics.io/managed-deployment/directory-sync/managing/onelogin/'

/** OneLogin: its SCIM provisioner, which sends what an administrator's template says. */
export const onelogin: Guide = {
  kind: 'onelogin',
  name: 'OneLogin',
  short: 'OneLogin',
  needs: [
    {
      en: 'An administrator who may add apps and change their provisioning.',
      de: 'Ein Administratorkonto, das Apps hinzufügen und ihre Bereitstellung ändern darf.',
    },
  ],
  steps: [
    {
      id: 'app',
      title: { en: 'Add the app', de: 'App hinzufügen' },
      where: ['Administration', 'Applications', 'Applications', 'Add App'],
      clicks: [
        {
          en: 'Search for *SCIM*, choose *SCIM Provisioner with SAML (SCIM v2 Enterprise)*, or *(SCIM v2 Core)* if you need neither department nor manager, enter a name and *Save*.',
          de: 'Suchen Sie *SCIM*, wählen Sie *SCIM Provisioner with SAML (SCIM v2 Enterprise)* oder, wenn Sie weder Abteilung noch Vorgesetzte brauchen, *(SCIM v2 Core)*, geben Sie einen Namen ein und klicken Sie auf *Save*.',
        },
      ],
      see: { en: 'The app opens, with its tabs on the left.', de: 'Die App öffnet sich, mit ihren Reitern links.' },
      checked: CHECKED,
      source: CREATE,
    },
    {
      id: 'connect',
      title: { en: 'Enter the URL and the token', de: 'URL und Token eintragen' },
      where: ['the app', 'Configuration'],
      clicks: [
        {
          en: 'Fill in the fields, *Save*, and click *Enable* under *API Connection*.',
          de: 'Füllen Sie die Felder aus, klicken Sie auf *Save* und dann unter *API Connection* auf *Enable*.',
        },
      ],
      fields: [
        { label: 'SCIM Base URL', value: '{base-url}' },
        { label: 'SCIM Bearer Token', value: '{token}' },
        {
          label: 'SCIM JSON Template',
          value: 'the template of this guide',
          note: {
            en: 'OneLogin sends exactly what its template says. The shipped one names attributes that do not exist; those are left out.',
            de: 'OneLogin sendet genau, was seine Vorlage sagt. Die mitgelieferte nennt Attribute, die es nicht gibt; sie werden weggelassen.',
          },
        },
      ],
      see: { en: '*API Status* says *Enabled*.', de: '*API Status* zeigt *Enabled*.' },
      proof: 'test',
      checked: CHECKED,
      source: CREATE,
    },
    {
      id: 'provisioning',
      title: { en: 'Switch provisioning on', de: 'Bereitstellung einschalten' },
      where: ['the app', 'Provisioning'],
      clicks: [
        {
          en: 'Tick *Enable provisioning*. Untick the actions that shall not wait for an approval. For users who are deleted or lose access choose *Suspend*. *Save*.',
          de: 'Setzen Sie den Haken bei *Enable provisioning*. Entfernen Sie ihn bei den Aktionen, die nicht auf eine Freigabe warten sollen. Wählen Sie *Suspend* für Personen, die gelöscht werden oder den Zugang verlieren. Klicken Sie auf *Save*.',
        },
        {
          en: 'Under *Parameters*, set *scimusername* to what people sign in with, usually the e-mail.',
          de: 'Stellen Sie unter *Parameters* *scimusername* auf das, womit sich die Personen anmelden, meist die E-Mail-Adresse.',
        },
      ],
      see: { en: '*Workflow* shows provisioning as on.', de: '*Workflow* zeigt die Bereitstellung als eingeschaltet.' },
      checked: CHECKED,
      source: TEST,
    },
    {
      id: 'assign',
      title: { en: 'Give the app to people', de: 'Die App Personen geben' },
      where: ['the app', 'Access'],
      clicks: [
        {
          en: 'Tick the roles that get the app and *Save*. What waits for approval is under *Users → Provisioning*.',
          de: 'Setzen Sie Haken bei den Rollen, die die App bekommen, und klicken Sie auf *Save*. Was auf Freigabe wartet, steht unter *Users → Provisioning*.',
        },
      ],
      see: {
        en: 'The tab *Users* shows the people as *Provisioned*.',
        de: 'Der Reiter *Users* zeigt die Personen als *Provisioned*.',
      },
      proof: 'person',
      checked: CHECKED,
      source: TEST,
    },
    {
      id: 'groups',
      title: { en: 'Send groups, if they are wanted', de: 'Gruppen senden, falls gewünscht' },
      where: ['the app', 'Parameters', 'Groups'],
      clicks: [
        {
          en: 'Tick *Include in User Provisioning* and *Save*; then add a rule under *Rules* that sets the groups, for example from roles.',
          de: 'Setzen Sie den Haken bei *Include in User Provisioning* und klicken Sie auf *Save*; legen Sie dann unter *Rules* eine Regel an, die die Gruppen setzt, etwa aus Rollen.',
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
      asks: 'filter',
      says: { en: 'asked for a person that cannot exist', de: 'fragte nach einer Person, die es nicht geben kann' },
    },
  ],
  leaver: {
    id: 'leaver',
    title: { en: 'Let one test person leave', de: 'Eine Testperson ausscheiden lassen' },
    where: ['Users', 'the test person', 'Applications'],
    clicks: [
      {
        en: 'Remove the app from one test person, or suspend the person, and approve it under *Users → Provisioning* if it waits there.',
        de: 'Nehmen Sie einer Testperson die App oder sperren Sie die Person, und geben Sie es unter *Users → Provisioning* frei, falls es dort wartet.',
      },
    ],
    see: {
      en: 'Here the person becomes inactive; with *Delete* in place of *Suspend* they are gone.',
      de: 'Hier wird die Person inaktiv; mit *Delete* anstelle von *Suspend* ist sie gelöscht.',
    },
    proof: 'leaver',
    checked: CHECKED,
    source: TEST,
  },
  waits: {
    test: { en: 'within seconds', de: 'innerhalb von Sekunden' },
    person: { en: 'within a minute after the approval', de: 'innerhalb einer Minute nach der Freigabe' },
    leaver: { en: 'within a minute after the approval', de: 'innerhalb einer Minute nach der Freigabe' },
    rhythm: { en: 'whenever something changes', de: 'sobald sich etwas ändert' },
  },
  silence: {
    en: 'Does something wait for approval under *Users → Provisioning*? Is *API Status* *Enabled*?',
    de: 'Wartet etwas unter *Users → Provisioning* auf Freigabe? Steht *API Status* auf *Enabled*?',
  },
  groups: {
    en: 'Groups arrive when a rule sets them; OneLogin creates those it does not find.',
    de: 'Gruppen kommen an, wenn eine Regel sie setzt; OneLogin legt an, was es nicht findet.',
  },
}
