// The profile of Slack.

import { CHECKED, defineApp } from './define-app.ts'

/** Slack: SCIM 1.1, budgets with bursts, DELETE of a user deactivates, short names. */
export const SLACK = defineApp({
  name: 'slack',
  about: 'Slack: SCIM 1.1, whose PATCH is the part of the resource that changes',
  checked: CHECKED,
  sources: [
    'docs.slack.dev/reference/scim-api-1.1, docs.slack.dev/reference/scim-api/rate-limits',
    'api.slack.com/changelog/2019-06-have-scim-will-paginate',
    'entra-docs: slack-provisioning-tutorial',
  ],
  protocol: '1.1',
  paths: { serviceProviderConfig: '/ServiceProviderConfigs' },
  http: { contentType: 'application/json', accept: 'application/json' },
  auth: ['bearer', 'oauth2-client'],
  types: { '*': { form: 'partial', members: { perOperation: 1_000, perRequest: 1_000, type: false } } },
  user: {
    match: ['userName', 'emails.value'],
    required: ['userName', 'emails'],
    maxLength: { userName: 20 },
    forbid: { displayName: '@' },
    normalise: { userName: 'lower' },
  },
  group: { match: ['displayName'], members: { nested: false } },
  paging: { count: 1_000 },
  off: { removeMeans: 'deactivates' },
  rate: {
    buckets: [
      { steps: ['create', 'update', 'disable', 'remove', 'members'], perMinute: 600, burst: 180 },
      { steps: ['create', 'update', 'disable', 'remove'], type: 'User', perMinute: 180, burst: 20 },
      { steps: ['create', 'remove'], type: 'Group', perMinute: 180, burst: 20 },
      { steps: ['update', 'members'], type: 'Group', perMinute: 180, burst: 80 },
      { steps: ['read'], perMinute: 1_000, burst: 100 },
    ],
  },
})
