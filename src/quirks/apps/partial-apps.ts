// Profiles of apps and kinds of servers of which only the updates are known.

import type { AppProfile } from '../../protocol/index.ts'
import { CHECKED, defineApp } from './define-app.ts'

const partial = ({
  name,
  about,
  sources,
  types,
}: Pick<AppProfile, 'name' | 'about' | 'sources'> & Parameters<typeof defineApp>[0]) =>
  defineApp({ name, about, checked: CHECKED, sources, ...(types === undefined ? {} : { types }) })

/** Apps and kinds of servers of which only the updates are known. */
export const PARTIAL_APPS = {
  'github-organisation': partial({
    name: 'github-organisation',
    about: 'a GitHub organisation; refuses value paths',
    sources: ['tryapis.com/github'],
    types: { '*': { valuePaths: false, members: { remove: 'value-list' } } },
  }),
  jfrog: partial({
    name: 'jfrog',
    about: 'JFrog: neither users nor groups can be renamed',
    sources: ['jfrog.com: implemented SCIM endpoints'],
    types: { User: { fixed: ['userName'] }, Group: { fixed: ['displayName'] } },
  }),
  snowflake: partial({
    name: 'snowflake',
    about: 'Snowflake: no value paths, as it has no lists to speak of',
    sources: ['docs.snowflake.com/user-guide/scim-user-api-reference'],
    types: { '*': { valuePaths: false, wholeLists: true } },
  }),
  'put-only': partial({
    name: 'put-only',
    about: 'a server without PATCH',
    sources: ['RFC 7644 §3.5.2: PATCH is optional'],
    types: { '*': { patch: false } },
  }),
  'whole-lists': partial({
    name: 'whole-lists',
    about: 'a server that sets lists whole or not at all',
    sources: ['reports of servers that ignore filters in paths'],
    types: {
      '*': {
        valuePaths: false,
        wholeLists: true,
        members: { add: false, remove: 'none', clear: 'replace-empty' },
      },
    },
  }),
  'replace-only': partial({
    name: 'replace-only',
    about: 'a server that knows no add and no remove',
    sources: ['reports of servers that take every operation for a replace'],
    types: {
      '*': {
        ops: ['replace'],
        unset: 'null',
        valuePaths: false,
        wholeLists: true,
        members: { add: false, remove: 'none', clear: 'replace-empty' },
      },
    },
  }),
  'path-less': partial({
    name: 'path-less',
    about: 'a server that reads one object without a path',
    sources: ["Okta's and Google's form of PATCH, which some servers take alone"],
    types: {
      '*': {
        ops: ['replace'],
        paths: false,
        valuePaths: false,
        unset: 'null',
        wholeLists: true,
        perRequest: 1,
      },
    },
  }),
  'one-by-one': partial({
    name: 'one-by-one',
    about: 'a server that takes one operation a request, with one member',
    sources: ['authentik: displayName and externalId one at a time for AWS; RFC 7644 leaves limits open'],
    types: {
      '*': {
        perRequest: 1,
        members: { replace: false, clear: 'one-by-one', perOperation: 1, perRequest: 1 },
      },
    },
  }),
}
