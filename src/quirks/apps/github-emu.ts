// The profile of GitHub Enterprise with managed users.

import { CHECKED, defineApp } from './define-app.ts'

/** GitHub Enterprise with managed users: a User-Agent or nothing, an hourly budget, a DELETE that nothing undoes. */
export const GITHUB_EMU = defineApp({
  name: 'github-emu',
  about: 'GitHub Enterprise with managed users',
  checked: CHECKED,
  sources: [
    'docs.github.com: provisioning users and groups with SCIM using the REST API; rest/enterprise-admin/scim',
    'github/docs: emu-scim-rate-limit-details',
  ],
  auth: ['bearer'],
  types: { '*': { members: { perRequest: 1_000, perOperation: 1_000 } } },
  user: {
    match: ['externalId', 'userName'],
    required: ['userName', 'externalId', 'displayName', 'name', 'emails'],
    defaults: {
      externalId: { from: 'userName' },
      displayName: { from: 'userName' },
      'name.givenName': { value: '-' },
      'name.familyName': { value: '-' },
    },
    normalise: { userName: 'slug' },
  },
  group: {
    match: ['externalId', 'displayName'],
    required: ['displayName', 'externalId'],
    defaults: { externalId: { from: 'displayName' } },
    members: { nested: false },
  },
  off: { removeMeans: 'irreversible' },
  rate: {
    // About 1,000 users an hour.
    buckets: [{ steps: ['create', 'update', 'disable', 'remove'], type: 'User', perMinute: 16, burst: 100 }],
    concurrency: 2,
  },
})
