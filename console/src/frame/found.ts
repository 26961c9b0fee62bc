// What the search over everything finds, as places to go to.

import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import type { Target } from '../parts/link.tsx'
import { moment } from '../words/figures.ts'

/** One thing that was found. */
export interface Found {
  readonly key: string
  readonly label: string
  readonly description: string
  readonly target: Target
}

type Hit = Answer<'GET /search'>['items'][number]
type Whereabouts = Answer<'POST /tenants/{tenant}/whereabouts'>

/** The id of a request, as it stands at the end of every error's detail. */
const REQUEST = /\b(r_[0-9a-z]{13})\b/
/** Something that may be a whole address. */
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/
/** Longer words are no name. */
const LONGEST = 200

/** What the words find: what the server finds by how it begins, a request by its id, and what happened to an address. */
export function useFound(
  words: string,
  tenant: string | undefined,
): { readonly found: readonly Found[]; readonly looking: boolean } {
  const { t } = useTranslation()
  const [, id] = REQUEST.exec(words) ?? []
  const request = useApi('GET /requests/{id}', { params: { id: id ?? '' } }, { enabled: id !== undefined })
  const asked = words !== '' && words.length <= LONGEST && id === undefined
  const hits = useApi('GET /search', { query: { q: words, tenant } }, { enabled: asked })
  const isAddress = asked && tenant !== undefined && ADDRESS.test(words)
  const where = useApi(
    'POST /tenants/{tenant}/whereabouts',
    { params: { tenant: tenant ?? '' }, body: { name: words } },
    { enabled: isAddress },
  )
  const found: Found[] = []
  // Earlier answers stay while the next is read: only those to these words count.
  if (id !== undefined && request.data?.id === id) {
    const { tenant: of, method, path, status } = request.data
    const target = { to: '/t/$tenant/requests/$id', params: { tenant: of, id } }
    found.push({ key: id, label: `${status} ${method} ${path}`, description: `${id} · ${of}`, target })
  }
  if (asked && !hits.isPlaceholderData) found.push(...(hits.data?.items ?? []).map((hit) => foundOf(hit, t)))
  if (isAddress && tenant !== undefined && where.data !== undefined && !where.isPlaceholderData) {
    const { state, first, last, refusal } = where.data
    const time = moment((state === 'refused' ? refusal?.at : state === 'here' ? first : last) ?? Date.now())
    found.push({
      key: `whereabouts ${words}`,
      label: words,
      description: t(`whereabouts.${state}`, { time, tenant }),
      target: whereTo(where.data, tenant),
    })
  }
  return { found, looking: request.isFetching || hits.isFetching || where.isFetching }
}

/** Where it is seen what happened to an address. */
function whereTo({ state, type, resource, refusal }: Whereabouts, tenant: string): Target {
  if (state === 'refused' && refusal !== undefined)
    return { to: '/t/$tenant/requests/$id', params: { tenant, id: refusal.id } }
  if (state === 'here' && type === 'User' && resource !== undefined)
    return { to: '/t/$tenant/people/$id', params: { tenant, id: resource } }
  const search = resource === undefined ? {} : { filter: `resource:${resource}` }
  return { to: '/t/$tenant/requests', params: { tenant }, search }
}

function foundOf({ kind, tenant, id, label, detail }: Hit, t: TFunction): Found {
  const fact = kind === 'gone' ? t('goneSince', { time: moment(detail) }) : detail
  const description = [fact, kind === 'tenant' ? '' : tenant].filter((one) => one !== '').join(' · ')
  return { key: `${kind} ${tenant} ${id}`, label, description, target: placeOf(kind, tenant, id) }
}

function placeOf(kind: Hit['kind'], tenant: string, id: string): Target {
  switch (kind) {
    case 'tenant':
      return { to: '/t/$tenant', params: { tenant } }
    case 'person':
    case 'gone':
      return { to: '/t/$tenant/people/$id', params: { tenant, id } }
    case 'group':
      return { to: '/t/$tenant/groups/$id', params: { tenant, id } }
    case 'connection':
      return { to: '/t/$tenant/connections/$id', params: { tenant, id } }
    case 'app':
      return { to: '/t/$tenant/apps/$app', params: { tenant, app: id } }
    case 'change':
      return { to: '/t/$tenant/changes', params: { tenant }, search: { open: id } }
    case 'address':
      return { to: '/t/$tenant/people', params: { tenant } }
  }
}
