// Where to click: the places of each identity provider, in the words of its menus.

import type { Language, PlaceName, Vendor } from './cause.ts'

/** What each identity provider is called in a sentence. */
export const VENDOR_NAMES: { readonly [one in Vendor]: string } = {
  okta: 'Okta',
  entra: 'Entra',
  onelogin: 'OneLogin',
  ping: 'Ping',
  jumpcloud: 'JumpCloud',
  google: 'Google',
  auth0: 'Auth0',
  keycloak: 'Keycloak',
  authentik: 'authentik',
  rippling: 'Rippling',
}

type Places = { readonly [name in PlaceName]: readonly string[] }

const okta = ['Applications', 'the app']
const entra = ['Enterprise apps', 'the application']
const onelogin = ['Applications', 'the app']
const ping = ['Integrations', 'Provisioning']
const jumpcloud = ['SSO Applications', 'the application']
const google = ['Apps', 'Web and mobile apps', 'the app']
const auth0 = ['Event Streams', 'the event stream']
const authentik = ['Applications', 'Providers', 'the provider']
const rippling = ['IT', 'Third-Party Access', 'the integration']

/** The places of each identity provider; words like `the app` stand for what is named differently everywhere. */
export const PLACES: { readonly [one in Vendor]: Places } = {
  okta: {
    credentials: [...okta, 'Provisioning', 'Integration'],
    mapping: [...okta, 'Provisioning', 'To App', 'Attribute Mappings'],
    assignments: [...okta, 'Assignments'],
    groups: [...okta, 'Push Groups'],
    log: ['Dashboard', 'Tasks'],
    again: ['Dashboard', 'Tasks', 'Retry Selected'],
  },
  entra: {
    credentials: [...entra, 'Provisioning', 'Admin Credentials'],
    mapping: [...entra, 'Provisioning', 'Attribute mapping'],
    assignments: [...entra, 'Users and groups'],
    groups: [...entra, 'Users and groups'],
    log: [...entra, 'Provisioning', 'Provisioning logs'],
    again: [...entra, 'Provisioning', 'Provision on demand'],
  },
  onelogin: {
    credentials: [...onelogin, 'Configuration'],
    mapping: [...onelogin, 'Configuration', 'SCIM JSON Template'],
    assignments: [...onelogin, 'Access'],
    groups: [...onelogin, 'Parameters', 'Groups'],
    log: ['Activity', 'Events'],
    again: ['Users', 'Provisioning'],
  },
  ping: {
    credentials: [...ping, 'the connection', 'Configuration'],
    mapping: [...ping, 'the rule', 'Attribute Mapping'],
    assignments: [...ping, 'the rule', 'User Filter'],
    groups: [...ping, 'the rule', 'Group Provisioning'],
    log: [...ping, 'the rule', 'Sync Status'],
    again: [...ping, 'the rule', 'Full Resync'],
  },
  jumpcloud: {
    credentials: [...jumpcloud, 'Identity Management'],
    mapping: [...jumpcloud, 'Identity Management', 'Attribute Mapping'],
    assignments: [...jumpcloud, 'User Groups'],
    groups: [...jumpcloud, 'User Groups'],
    log: ['Insights', 'Directory Insights'],
    again: ['User Groups', 'the group', 'Users'],
  },
  google: {
    credentials: [...google, 'Autoprovisioning'],
    mapping: [...google, 'Autoprovisioning', 'Edit attribute mapping'],
    assignments: [...google, 'User access'],
    groups: [...google, 'Autoprovisioning', 'Edit provisioning scope'],
    log: [...google, 'Autoprovisioning'],
    again: [...google, 'Autoprovisioning'],
  },
  auth0: {
    credentials: [...auth0, 'Actions Editor', 'Secrets'],
    mapping: [...auth0, 'Actions Editor', 'buildScimUser()'],
    assignments: ['User Management', 'Users'],
    groups: [...auth0, 'Actions Editor'],
    log: [...auth0, 'Deliveries'],
    again: [...auth0, 'Deliveries', 'Retry'],
  },
  keycloak: {
    credentials: ['User federation', 'scim'],
    mapping: ['Users', 'the user'],
    assignments: ['Users'],
    groups: ['Groups'],
    log: ['the log of the server'],
    again: ['User federation', 'scim', 'Sync all users'],
  },
  authentik: {
    credentials: [...authentik, 'Edit'],
    mapping: ['Customization', 'Property Mappings'],
    assignments: ['Directory', 'Users'],
    groups: ['Directory', 'Groups'],
    log: authentik,
    again: [...authentik, 'Run sync again'],
  },
  rippling: {
    credentials: [...rippling, 'Settings'],
    mapping: [...rippling, 'Attribute Mappings'],
    assignments: [...rippling, 'App access rules'],
    groups: [...rippling, 'Groups'],
    log: [...rippling, 'Users'],
    again: [...rippling, 'Users'],
  },
}

/** What a place is where the identity provider is not known. */
export const PLACE_WORDS: { readonly [one in Language]: { readonly [name in PlaceName]: string } } = {
  en: {
    credentials: 'where the URL and the token of this connection are entered',
    mapping: 'in its attribute mapping',
    assignments: 'where people are assigned to this application',
    groups: 'where groups are chosen for this application',
    log: 'in its provisioning log',
    again: 'where a failed change is sent again',
  },
  de: {
    credentials: 'dort, wo URL und Token dieser Verbindung eingetragen sind',
    mapping: 'in seiner Attributzuordnung',
    assignments: 'dort, wo Personen dieser Anwendung zugewiesen werden',
    groups: 'dort, wo Gruppen für diese Anwendung gewählt werden',
    log: 'in seinem Bereitstellungsprotokoll',
    again: 'dort, wo eine gescheiterte Änderung erneut gesendet wird',
  },
}
