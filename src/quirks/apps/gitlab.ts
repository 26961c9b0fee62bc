// The profile of a GitLab group.

import { CHECKED, defineApp } from './define-app.ts'

/** A GitLab group: the id of an account is its externalId, switching it off takes it away, nothing else changes. */
export const GITLAB = defineApp({
  name: 'gitlab',
  about: 'a GitLab group: PATCH of active and externalId, no PUT; off means gone',
  checked: CHECKED,
  sources: ['docs.gitlab.com: internal API, SCIM', 'gitlab-org/gitlab merge request 184997'],
  auth: ['bearer'],
  types: {
    User: { put: 'none', patchOnly: ['active', 'externalId'], unset: 'none' },
    '*': { put: 'none', patchOnly: ['members'] },
  },
  user: {
    idFrom: 'externalId',
    match: ['externalId'],
    required: ['userName', 'externalId', 'emails', 'name.formatted'],
    defaults: { 'name.formatted': { from: 'userName' } },
    drop: ['password'],
    singleValued: ['emails'],
  },
  group: { offered: false },
  filter: { names: { externalId: 'id' } },
  paging: { count: 20 },
  off: { disableMeans: 'deleted', disabledReads: false, reenable: 'create' },
})
