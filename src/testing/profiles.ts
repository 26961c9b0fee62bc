// The fake apps that come with the kit, as data, and what can be laid over each.

import type { FakeProfile, MemberHabits, TypeHabits } from './profile.ts'

const CHECKED = '2026-11'
const ALL = Number.MAX_SAFE_INTEGER

const USERS: TypeHabits = {
  create: true,
  put: 'whole',
  patch: true,
  remove: 'removes',
  disable: 'kept',
  required: ['userName'],
  refused: [],
  dropped: [],
  createOnly: [],
  fixed: [],
  single: [],
  longest: {},
  forbidden: {},
  unique: ['userName'],
  normalise: {},
}

const GROUPS: TypeHabits = { ...USERS, required: ['displayName'], unique: [] }

const MEMBERS: MemberHabits = { read: 'all', perRequest: ALL, most: ALL }

/** RFC 7643 and 7644 to the letter. */
export const STRICT: FakeProfile = {
  name: 'strict',
  about: 'RFC 7643 and 7644 to the letter',
  checked: CHECKED,
  sources: ['RFC 7643', 'RFC 7644'],
  protocol: '2.0',
  strictContent: true,
  userAgent: false,
  serviceProviderConfigs: false,
  etags: true,
  users: USERS,
  groups: GROUPS,
  members: MEMBERS,
  patch: {},
  filters: { leftToRight: false, most: 100 },
  pages: { style: 'index', normal: 100, most: 1_000, shifts: false },
  rates: [],
  retryAfter: 'seconds',
  errors: 'scim',
  bytes: 10_000_000,
  oddIds: false,
  flatNames: false,
  textBooleans: false,
  dottedKeys: false,
  readLagMs: 0,
  reusesIds: false,
  lies: false,
  slowMs: 0,
  otherWriter: 0,
  faults: [],
}

/** Most real apps: JSON of any name, no ETags. */
const LAX: FakeProfile = { ...STRICT, strictContent: false, etags: false }

/** The fake apps by name. */
export const FAKE_PROFILES = {
  strict: STRICT,

  'slack-like': {
    ...LAX,
    name: 'slack-like',
    about: 'Slack: the dialect of SCIM 1.1, short user names, DELETE deactivates',
    sources: ['docs.slack.dev/reference/scim-api-1.1', 'docs.slack.dev/reference/scim-api/rate-limits'],
    protocol: '1.1',
    serviceProviderConfigs: true,
    users: {
      ...USERS,
      remove: 'deactivates',
      required: ['userName', 'emails'],
      longest: { userName: 20 },
      forbidden: { displayName: '@' },
    },
    filters: {
      ...LAX.filters,
      operators: ['eq'],
      attributes: { User: ['userName', 'email', 'emails', 'emails.value'], Group: ['displayName'] },
    },
    pages: { style: 'index', normal: 10, most: 1_000, shifts: false },
    rates: [
      { methods: ['GET'], perMinute: 1_000, burst: 100 },
      { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], perMinute: 600, burst: 180 },
      { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], type: 'User', perMinute: 180, burst: 20 },
      { methods: ['POST', 'DELETE'], type: 'Group', perMinute: 180, burst: 20 },
      { methods: ['PUT', 'PATCH'], type: 'Group', perMinute: 180, burst: 80 },
    ],
  },

  'aws-like': {
    ...LAX,
    name: 'aws-like',
    about: 'AWS IAM Identity Center: 100 members a request, members that reads hide, cursors, one value per list',
    sources: ['docs.aws.amazon.com/singlesignon/latest/developerguide: limitations, patchgroup, listusers'],
    users: {
      ...USERS,
      required: ['userName', 'name.givenName', 'name.familyName', 'displayName'],
      refused: ['photos', 'ims', 'entitlements', 'x509Certificates', 'emails.display', 'phoneNumbers.display'],
      single: ['emails', 'phoneNumbers', 'addresses'],
      forbidden: { '*': '\t\n<>;:%' },
    },
    groups: { ...GROUPS, put: 'none', patchOnly: ['displayName', 'members', 'externalId'], unique: ['displayName'] },
    members: { read: 'hidden', perRequest: 100, most: ALL },
    patch: { removal: 'value-list', replaceMembers: false, clearMembers: false },
    filters: {
      ...LAX.filters,
      operators: ['eq', 'and'],
      attributes: {
        User: ['userName', 'externalId', 'groups.value'],
        Group: ['id', 'displayName', 'externalId', 'members', 'members.value'],
      },
    },
    pages: { style: 'cursor', normal: 100, most: 100, shifts: false },
  },

  'salesforce-like': {
    ...LAX,
    name: 'salesforce-like',
    about: 'Salesforce: groups are neither made nor deleted, members come in an object, an entitlement is required',
    sources: ['help.salesforce.com: identity_scim_overview, identity_scim_manage_groups'],
    serviceProviderConfigs: true,
    users: { ...USERS, remove: 'deactivates', required: ['userName', 'entitlements'] },
    groups: { ...GROUPS, create: false, remove: 'none' },
    patch: { removal: 'value-list', wrap: true },
    filters: { ...LAX.filters, leftToRight: true },
    pages: { style: 'index', normal: 100, most: 200, shifts: false },
  },

  'gitlab-like': {
    ...LAX,
    name: 'gitlab-like',
    about: 'A GitLab group: the id is the externalId, switching off removes, only active and externalId change',
    sources: ['docs.gitlab.com: internal API, SCIM', 'gitlab-org/gitlab!184997'],
    users: {
      ...USERS,
      put: 'none',
      disable: 'removed',
      required: ['externalId', 'userName'],
      createOnly: ['userName', 'name', 'displayName', 'emails'],
      unique: ['userName', 'externalId'],
      idFrom: 'externalId',
    },
    groups: { ...GROUPS, put: 'none', patchOnly: ['members'] },
    filters: {
      ...LAX.filters,
      operators: ['eq'],
      attributes: { User: ['id', 'externalId', 'userName'], Group: ['displayName'] },
    },
    pages: { style: 'index', normal: 20, most: 100, shifts: true },
    flatNames: true,
    textBooleans: true,
  },

  'zoom-like': {
    ...LAX,
    name: 'zoom-like',
    about:
      'Zoom: PATCH only switches on and off, PUT says what changes, odd ids, errors of its own, a request a second',
    sources: ['developers.zoom.us/docs/api/scim2'],
    users: { ...USERS, put: 'partial', patchOnly: ['active'] },
    groups: { ...GROUPS, put: 'partial' },
    filters: {
      ...LAX.filters,
      operators: ['eq'],
      attributes: { User: ['userName', 'externalId'], Group: ['displayName'] },
    },
    rates: [{ perMinute: 60, burst: 1 }],
    errors: 'code-message',
    oddIds: true,
  },

  'github-like': {
    ...LAX,
    name: 'github-like',
    about: 'GitHub with managed users: User-Agent required, DELETE is for ever, user names are rewritten',
    sources: ['docs.github.com: provisioning users and groups with SCIM using the REST API'],
    userAgent: true,
    users: {
      ...USERS,
      remove: 'irreversible',
      required: ['userName', 'externalId', 'emails'],
      unique: ['userName', 'externalId'],
      normalise: { userName: 'slug' },
    },
    groups: { ...GROUPS, required: ['displayName', 'externalId'], unique: ['displayName', 'externalId'] },
    members: { read: 'all', perRequest: 1_000, most: ALL },
    filters: {
      ...LAX.filters,
      operators: ['eq'],
      attributes: { User: ['userName', 'externalId', 'id', 'displayName'], Group: ['externalId', 'id', 'displayName'] },
    },
    // About 1,000 users an hour.
    rates: [{ methods: ['POST'], type: 'User', perMinute: 1_000 / 60, burst: 1_000 }],
    retryAfter: 'date',
  },

  'miro-like': {
    ...LAX,
    name: 'miro-like',
    about: 'Miro: 413 by bytes, few changes of groups, which are neither made nor deleted',
    sources: ['developers.miro.com/reference/rate-limits'],
    groups: { ...GROUPS, create: false, remove: 'none', put: 'none' },
    members: { read: 'all', perRequest: 8_000, most: 8_000 },
    rates: [
      { methods: ['POST'], type: 'User', perMinute: 400, burst: 200 },
      { methods: ['PUT', 'PATCH'], type: 'User', perMinute: 200, burst: 100 },
      { methods: ['DELETE'], type: 'User', perMinute: 40, burst: 20 },
      { methods: ['GET'], type: 'Group', perMinute: 10, burst: 5 },
      { methods: ['PATCH'], type: 'Group', perMinute: 200, burst: 100 },
      { methods: ['PATCH'], type: 'Group', overBytes: 500, perMinute: 10, burst: 5 },
    ],
    retryAfter: 'none',
    bytes: 800_000,
  },

  truncating: {
    ...STRICT,
    name: 'truncating',
    about: 'Keeps the first 100 members and forgets the rest, as FusionAuth did',
    sources: ['FusionAuth/fusionauth-issues#2784, #3307'],
    members: { ...MEMBERS, keeps: 100 },
  },

  'entra-era': {
    ...LAX,
    name: 'entra-era',
    about: "Written for Microsoft Entra's old client: capital operations, booleans as text, members removed by a list",
    sources: ['entra-docs: application-provisioning-config-problem-scim-compatibility'],
    patch: { opCase: 'title', removal: 'value-list' },
    textBooleans: true,
    dottedKeys: true,
  },
} as const satisfies { readonly [name: string]: FakeProfile }

/** The name of a fake app that comes with the kit. */
export type FakeProfileName = keyof typeof FAKE_PROFILES

/**
 * An app where a share of requests fails in all the ways of networks and servers.
 * @example
 * createFakeApp({ profile: flaky(FAKE_PROFILES.strict, 0.1) })
 */
export function flaky(profile: FakeProfile, share: number): FakeProfile {
  const kinds = [
    { kind: 'refused' },
    { kind: 'reset', effect: false },
    { kind: 'reset', effect: true },
    { kind: 'error', status: 503 },
    { kind: 'error', status: 500, effect: true },
    { kind: 'throttled', seconds: 1 },
    { kind: 'truncated' },
  ] as const
  const faults = kinds.map((fault) => ({ fault, chance: share / kinds.length }))
  return { ...profile, name: `flaky-${profile.name}`, faults: [...profile.faults, ...faults] }
}

/**
 * An app that takes so many milliseconds to answer.
 * @example
 * createFakeApp({ profile: slow(FAKE_PROFILES.strict, 2_000) })
 */
export function slow(profile: FakeProfile, ms: number): FakeProfile {
  return { ...profile, name: `slow-${profile.name}`, slowMs: ms }
}

/**
 * An app that answers 200 and changes nothing.
 * @example
 * createFakeApp({ profile: lying(FAKE_PROFILES.strict) })
 */
export function lying(profile: FakeProfile): FakeProfile {
  return { ...profile, name: `lying-${profile.name}`, lies: true }
}

/**
 * An app where, for a share of requests, an administrator changes, removes or re-activates somebody by hand.
 * @example
 * createFakeApp({ profile: otherWriter(FAKE_PROFILES.strict, 0.05) })
 */
export function otherWriter(profile: FakeProfile, share: number): FakeProfile {
  return { ...profile, name: `other-writer-${profile.name}`, otherWriter: share }
}
