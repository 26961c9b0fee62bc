// The profile of Salesforce.

import { CHECKED, defineApp } from './define-app.ts'

/** Salesforce: groups are there or not, members are sent in an object, an account needs its profile among the entitlements. */
export const SALESFORCE = defineApp({
  name: 'salesforce',
  about: 'Salesforce: members are sent in an object; groups are neither made nor removed',
  checked: CHECKED,
  sources: [
    'help.salesforce.com: identity_scim_rest_api, identity_scim_overview, identity_scim_manage_groups',
    'the NetIQ SCIM driver for Salesforce; the Salesforce mode of authentik',
  ],
  paths: { serviceProviderConfig: '/ServiceProviderConfigs' },
  auth: ['bearer', 'oauth2-client'],
  types: {
    '*': { members: { remove: 'value-list', wrap: 'object', perOperation: 200, perRequest: 200, type: false } },
  },
  user: {
    remove: false,
    match: ['userName', 'externalId'],
    required: ['userName', 'emails', 'name.familyName', 'entitlements'],
    defaults: { 'name.familyName': { from: 'userName' } },
    drop: ['password'],
    singleValued: ['emails'],
    maxLength: { userName: 80, 'name.familyName': 80, 'name.givenName': 40 },
  },
  group: { create: false, remove: false, match: ['displayName'], members: { nested: false } },
  off: { removeMeans: 'deactivates' },
})
