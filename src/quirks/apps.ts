// Profiles of real apps: what each takes in updates, with the sources.

import {
  type AppProfile,
  type MembersProfile,
  RFC_PROFILE,
  RFC_UPDATES,
  type UpdateProfile,
} from '../protocol/index.ts'

const members = (own: Partial<MembersProfile>): MembersProfile => ({ ...RFC_UPDATES.members, ...own })
const updates = (own: Partial<UpdateProfile>): UpdateProfile => ({ ...RFC_UPDATES, ...own })
const PUT_ONLY = updates({ patch: false })
const CHECKED = '2026-11'

/**
 * What well-known apps take in updates, as their documentation says or people found. They change; `checked` says when a profile was
 * last held against its sources. Only what matters for updates is listed.
 */
export const APPS = {
  rfc: RFC_PROFILE,
  aws: {
    name: 'aws',
    about: 'AWS IAM Identity Center',
    checked: CHECKED,
    sources: ['docs.aws.amazon.com/singlesignon/latest/developerguide: patchgroup, patchuser, limitations'],
    types: {
      User: RFC_UPDATES,
      Group: updates({
        put: 'none',
        patchOnly: ['displayName', 'members', 'externalId'],
        members: members({
          remove: 'value-list',
          replace: false,
          clear: 'one-by-one',
          perOperation: 100,
          perRequest: 100,
          type: false,
        }),
      }),
    },
  },
  slack: {
    name: 'slack',
    about: 'Slack: its PATCH is the partial resource of SCIM 1.1, so PUT',
    checked: CHECKED,
    sources: ['docs.slack.dev/reference/scim-api-1.1'],
    types: { '*': PUT_ONLY },
  },
  'github-emu': {
    name: 'github-emu',
    about: 'GitHub Enterprise with managed users',
    checked: CHECKED,
    sources: ['docs.github.com: provisioning users and groups with SCIM using the REST API'],
    types: { '*': updates({ members: members({ perRequest: 1_000, perOperation: 1_000 }) }) },
  },
  'github-organisation': {
    name: 'github-organisation',
    about: 'a GitHub organisation; refuses value paths',
    checked: CHECKED,
    sources: ['tryapis.com/github'],
    types: { '*': updates({ valuePaths: false, members: members({ remove: 'value-list' }) }) },
  },
  salesforce: {
    name: 'salesforce',
    about: 'Salesforce: members are sent in an object',
    checked: CHECKED,
    sources: ['help.salesforce.com: identity_scim_manage_groups'],
    types: { '*': updates({ members: members({ remove: 'value-list', wrap: 'object' }) }) },
  },
  zoom: {
    name: 'zoom',
    about: 'Zoom: PATCH switches on and off, PUT names what changes',
    checked: CHECKED,
    sources: ['developers.zoom.us/docs/api/scim2'],
    types: { User: updates({ put: 'partial', patchOnly: ['active'] }), '*': updates({ put: 'partial' }) },
  },
  gitlab: {
    name: 'gitlab',
    about: 'a GitLab group: PATCH of active and externalId, no PUT',
    checked: CHECKED,
    sources: ['docs.gitlab.com: internal API, SCIM'],
    types: {
      User: updates({ put: 'none', patchOnly: ['active', 'externalId'], unset: 'none' }),
      '*': updates({ put: 'none', patchOnly: ['members'] }),
    },
  },
  atlassian: {
    name: 'atlassian',
    about: 'Atlassian: groups keep their names',
    checked: CHECKED,
    sources: ['developer.atlassian.com/cloud/admin/user-provisioning/rest'],
    types: { Group: updates({ fixed: ['displayName'] }), '*': RFC_UPDATES },
  },
  miro: {
    name: 'miro',
    about: 'Miro: limits by size, no PUT of groups',
    checked: CHECKED,
    sources: ['developers.miro.com/reference/rate-limits'],
    types: {
      Group: updates({
        put: 'none',
        bytes: 800_000,
        members: members({ perOperation: 8_000, perRequest: 8_000 }),
      }),
      '*': RFC_UPDATES,
    },
  },
  jfrog: {
    name: 'jfrog',
    about: 'JFrog: neither users nor groups can be renamed',
    checked: CHECKED,
    sources: ['jfrog.com: implemented SCIM endpoints'],
    types: { User: updates({ fixed: ['userName'] }), Group: updates({ fixed: ['displayName'] }), '*': RFC_UPDATES },
  },
  snowflake: {
    name: 'snowflake',
    about: 'Snowflake: no value paths, as it has no lists to speak of',
    checked: CHECKED,
    sources: ['docs.snowflake.com/user-guide/scim-user-api-reference'],
    types: { '*': updates({ valuePaths: false, wholeLists: true }) },
  },
  'entra-era': {
    name: 'entra-era',
    about: "servers written for Microsoft Entra's old client and nothing else",
    checked: CHECKED,
    sources: ['entra-docs: application-provisioning-config-problem-scim-compatibility'],
    types: { '*': updates({ opCase: 'title', booleans: 'text', members: members({ remove: 'value-list' }) }) },
  },
  'put-only': {
    name: 'put-only',
    about: 'a server without PATCH',
    checked: CHECKED,
    sources: ['RFC 7644 §3.5.2: PATCH is optional'],
    types: { '*': PUT_ONLY },
  },
  'whole-lists': {
    name: 'whole-lists',
    about: 'a server that sets lists whole or not at all',
    checked: CHECKED,
    sources: ['reports of servers that ignore filters in paths'],
    types: {
      '*': updates({
        valuePaths: false,
        wholeLists: true,
        members: members({ add: false, remove: 'none', clear: 'replace-empty' }),
      }),
    },
  },
  'replace-only': {
    name: 'replace-only',
    about: 'a server that knows no add and no remove',
    checked: CHECKED,
    sources: ['reports of servers that take every operation for a replace'],
    types: {
      '*': updates({
        ops: ['replace'],
        unset: 'null',
        valuePaths: false,
        wholeLists: true,
        members: members({ add: false, remove: 'none', clear: 'replace-empty' }),
      }),
    },
  },
  'path-less': {
    name: 'path-less',
    about: 'a server that reads one object without a path',
    checked: CHECKED,
    sources: ["Okta's and Google's form of PATCH, which some servers take alone"],
    types: {
      '*': updates({
        ops: ['replace'],
        paths: false,
        valuePaths: false,
        unset: 'null',
        wholeLists: true,
        perRequest: 1,
      }),
    },
  },
  'one-by-one': {
    name: 'one-by-one',
    about: 'a server that takes one operation a request, with one member',
    checked: CHECKED,
    sources: ['authentik: displayName and externalId one at a time for AWS; RFC 7644 leaves limits open'],
    types: {
      '*': updates({
        perRequest: 1,
        members: members({ replace: false, clear: 'one-by-one', perOperation: 1, perRequest: 1 }),
      }),
    },
  },
} as const satisfies { readonly [name: string]: AppProfile }

/** Name of a built-in profile of an app. */
export type AppName = keyof typeof APPS

/** Whether a text names a built-in profile. */
export function isAppName(text: string): text is AppName {
  return Object.hasOwn(APPS, text)
}
