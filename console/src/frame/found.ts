// What the search over everything finds, as places to go to.

import { useApi } from '../api/use-api.ts'
import type { Target } from '../parts/link.tsx'
import { useMay } from '../session.tsx'

/** One thing that was found. */
export interface Found {
  readonly key: string
  readonly label: string
  readonly description: string
  readonly target: Target
}

/** Most of each kind. */
const MOST = 5
/** The id of a request, as it stands at the end of every error's detail. */
const REQUEST = /\b(r_[0-9a-z]{13})\b/
/** A change by its tenant and place. */
const PLACE = /^([a-z0-9-]{1,63})#(\d{1,15})$/

/** What the words find: tenants by name, people of the tenant, a request by its id, a change by its place. */
export function useFound(
  words: string,
  tenant: string | undefined,
): { readonly found: readonly Found[]; readonly looking: boolean } {
  const sees = useMay('values')
  const asked = words !== ''
  const tenants = useApi('GET /tenants', { query: { search: words, limit: MOST } }, { enabled: asked })
  const within = asked && sees && tenant !== undefined && !REQUEST.test(words)
  const people = useApi(
    'GET /tenants/{tenant}/people',
    { params: { tenant: tenant ?? '' }, query: { q: words, limit: MOST, attributes: 'userName,displayName' } },
    { enabled: within },
  )
  const found = asked
    ? [
        ...byShape(words, tenant),
        ...(within ? (people.data?.items ?? []).map((one) => personAt(one.resource, tenant ?? '')) : []),
        ...(tenants.data?.items ?? []).map(tenantAt),
      ]
    : []
  return { found, looking: asked && (tenants.isFetching || people.isFetching) }
}

/** What the words name by their form alone. */
function byShape(words: string, tenant: string | undefined): readonly Found[] {
  const [, id] = REQUEST.exec(words) ?? []
  if (id !== undefined) {
    const target =
      tenant === undefined
        ? { to: '/requests', search: { open: id } }
        : { to: '/t/$tenant/requests/$id', params: { tenant, id } }
    return [{ key: id, label: id, description: tenant ?? '', target }]
  }
  const [, of, place] = PLACE.exec(words) ?? []
  if (of === undefined || place === undefined) return []
  return [
    {
      key: words,
      label: words,
      description: of,
      target: { to: '/t/$tenant/changes/$place', params: { tenant: of, place } },
    },
  ]
}

function tenantAt({ tenant }: { readonly tenant: string }): Found {
  return { key: `tenant ${tenant}`, label: tenant, description: '', target: { to: '/t/$tenant', params: { tenant } } }
}

function personAt(
  resource: { readonly id: string; readonly userName?: unknown; readonly displayName?: unknown },
  tenant: string,
): Found {
  const { id, userName, displayName } = resource
  const name = typeof userName === 'string' ? userName : id
  return {
    key: id,
    label: typeof displayName === 'string' ? displayName : name,
    description: `${name} · ${tenant}`,
    target: { to: '/t/$tenant/people/$id', params: { tenant, id } },
  }
}
