// Says what is wrong with the base URL that an identity provider was given, from the path that it asked for.

/** What is wrong with a base URL. */
export type UrlFault =
  /** Parts of the path are not there: `/tenants/acme`. `got`: the path without the endpoint. */
  | { readonly fault: 'url-lacks'; readonly lacks: string; readonly got: string }
  /** Something stands behind the base URL that does not belong there. */
  | { readonly fault: 'url-extra'; readonly extra: string }
  /** It is another one. */
  | { readonly fault: 'url-other'; readonly got: string }

const ENDPOINTS: ReadonlySet<string> = new Set([
  'users',
  'groups',
  'me',
  'bulk',
  'schemas',
  'resourcetypes',
  'serviceproviderconfig',
  'serviceproviderconfigs',
  '.search',
])
/** Longest path that is told. */
const LENGTH = 200

/**
 * What is wrong with the path of a request, compared with that of the right base URL; undefined where it is the right one. `types`: the
 * endpoints of the tenant's own resource types.
 * @example urlFault('/tenants/acme/scim/v2', '/scim/v2/Users') // { fault: 'url-lacks', lacks: '/tenants/acme', got: '/scim/v2' }
 */
export function urlFault(base: string, path: string, types: readonly string[] = []): UrlFault | undefined {
  const wanted = segmentsOf(base)
  const all = segmentsOf(path.slice(0, 4 * LENGTH))
  const own = new Set(types.map((type) => type.replace('/', '').toLowerCase()))
  const isEndpoint = (segment: string, at: number) => {
    // A tenant may be called "users".
    if (segment === wanted[at]) return false
    return ENDPOINTS.has(segment.toLowerCase()) || own.has(segment.toLowerCase())
  }
  const end = all.findIndex(isEndpoint)
  const got = end === -1 ? all : all.slice(0, end)
  if (got.length === wanted.length && got.every((segment, at) => segment === wanted[at])) return undefined
  if (wanted.every((segment, at) => segment === got[at]))
    return { fault: 'url-extra', extra: pathOf(got.slice(wanted.length)) }
  const lacks = lackingIn(wanted, got)
  if (lacks.length === 0 || lacks.length + got.length !== wanted.length) return { fault: 'url-other', got: pathOf(got) }
  return { fault: 'url-lacks', lacks: pathOf(lacks), got: pathOf(got) }
}

/** The segments of what is wanted that don't come, in their order. */
function lackingIn(wanted: readonly string[], got: readonly string[]): readonly string[] {
  let at = 0
  return wanted.filter((segment) => {
    if (segment !== got[at]) return true
    at++
    return false
  })
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function pathOf(segments: readonly string[]): string {
  return `/${segments.join('/')}`.slice(0, LENGTH)
}
