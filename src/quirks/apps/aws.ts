// The profile of AWS IAM Identity Center.

import { CHECKED, defineApp } from './define-app.ts'

const FORBIDDEN = '\t\r\n<>;:%'

/** AWS IAM Identity Center: 100 member changes a request, members that only a filter shows, one value in each list. */
export const AWS = defineApp({
  name: 'aws',
  about: 'AWS IAM Identity Center',
  checked: CHECKED,
  sources: [
    'docs.aws.amazon.com/singlesignon/latest/developerguide: limitations, createuser, patchuser, listusers, creategroup, patchgroup, listgroups',
    'goauthentik/authentik issues 20410, 23005',
  ],
  auth: ['bearer'],
  types: {
    Group: {
      put: 'none',
      patchOnly: ['displayName', 'members', 'externalId'],
      members: {
        remove: 'value-list',
        replace: false,
        clear: 'one-by-one',
        perOperation: 100,
        perRequest: 100,
        type: false,
      },
    },
  },
  user: {
    match: ['externalId', 'userName'],
    required: ['userName', 'displayName', 'name.givenName', 'name.familyName'],
    defaults: {
      displayName: { from: 'userName' },
      'name.givenName': { value: '-' },
      'name.familyName': { value: '-' },
    },
    drop: ['photos', 'ims', 'entitlements', 'x509Certificates', 'password', 'emails.display', 'phoneNumbers.display'],
    singleValued: ['emails', 'phoneNumbers', 'addresses'],
    maxLength: { userName: 128, displayName: 1_024 },
    forbid: { '*': FORBIDDEN },
  },
  group: {
    match: ['externalId', 'displayName'],
    forbid: { displayName: FORBIDDEN },
    members: { read: 'filter', filterBy: 'members', onCreate: 100, nested: false },
  },
  paging: { style: 'cursor', count: 100, totals: false },
  rate: { buckets: [{ perMinute: 600, burst: 20 }] },
})
