// The profile of Miro.

import { CHECKED, defineApp } from './define-app.ts'

/** Miro: limits by size and a small budget for groups, which are neither made nor removed. */
export const MIRO = defineApp({
  name: 'miro',
  about: 'Miro: limits by size, no PUT of groups',
  checked: CHECKED,
  sources: ['developers.miro.com/reference/rate-limits'],
  auth: ['bearer'],
  types: {
    Group: { put: 'none', bytes: 800_000, members: { perOperation: 8_000, perRequest: 8_000 } },
  },
  user: { match: ['userName'], drop: ['password'] },
  group: { create: false, remove: false, match: ['displayName'], members: { readMax: 8_000, nested: false } },
  rate: {
    buckets: [
      { steps: ['create'], type: 'User', perMinute: 400, burst: 200 },
      { steps: ['update', 'disable'], type: 'User', perMinute: 200, burst: 100 },
      { steps: ['remove'], type: 'User', perMinute: 40, burst: 20 },
      { steps: ['read'], type: 'Group', perMinute: 10, burst: 5 },
      // More than 500 bytes.
      { steps: ['members', 'update'], type: 'Group', perMinute: 10, burst: 5 },
    ],
  },
})
