// The profile of Zoom.

import { CHECKED, defineApp } from './define-app.ts'

/** Zoom: PATCH switches on and off and nothing else, PUT names what changes, ids hold any character. */
export const ZOOM = defineApp({
  name: 'zoom',
  about: 'Zoom: PATCH switches on and off, PUT names what changes',
  checked: CHECKED,
  sources: [
    'developers.zoom.us/docs/api/scim2',
    'entra-docs: zoom-provisioning-tutorial',
    'developers.qodex.ai/zoom-public',
  ],
  auth: ['bearer', 'oauth2-client'],
  http: { accept: 'application/scim+json' },
  types: { '*': { put: 'partial' }, User: { patchOnly: ['active'] } },
  user: {
    // externalId in a filter is Zoom's own id.
    match: ['userName'],
    required: ['userName'],
    drop: ['externalId', 'password'],
    singleValued: ['emails'],
    normalise: { userName: 'lower' },
  },
  group: { match: ['displayName'], drop: ['externalId'], members: { nested: false } },
  rate: { buckets: [{ perMinute: 60, burst: 1 }], concurrency: 1 },
})
