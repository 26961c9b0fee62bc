// The profile of Atlassian.

import { CHECKED, defineApp } from './define-app.ts'

/** Atlassian: an account that is off is not found any more, and groups keep their names. */
export const ATLASSIAN = defineApp({
  name: 'atlassian',
  about: 'Atlassian: groups keep their names; an account that is off answers 404',
  checked: CHECKED,
  sources: [
    'developer.atlassian.com/cloud/admin/user-provisioning/rest: intro, api-group-users, api-group-groups',
    'support.atlassian.com: users and groups limits',
    'entra-docs: atlassian-cloud-provisioning-tutorial',
  ],
  auth: ['bearer'],
  types: { Group: { fixed: ['displayName'] } },
  user: {
    match: ['externalId', 'userName'],
    required: ['userName', 'emails'],
    drop: ['password'],
    singleValued: ['emails'],
  },
  group: { match: ['displayName'], members: { readMax: 290_000, nested: false } },
  off: { disabledReads: false, removeMeans: 'deactivates' },
})
