// What the search over everything finds, as places to go to.

import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import type { Target } from '../parts/link.tsx'
import { useMay } from '../session.tsx'
import { moment } from '../words/figures.ts'

/** One thing that was found. */
export interface Found {
  readonly key: string
  readonly label: string
  readonly description: string
  /** Absent: the role may not open it, and the description says so. */
  readonly target: Target | undefined
}

type Hit = Answer<'GET /search'>['items'][number]
type Whereabouts = Answer<'POST /tenants/{tenant}/whereabouts'>

/** The id of a request, as it stands at the end of every error's detail. */
const REQUEST = /\b(r_[0-9a-z]{13})\b/
/** Something that may be a whole address. */
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/
/** What requests say of an address without knowing that somebody has it. */
const UNSEEN = ['never', 'asked', 'gone']
/** Longer words are no name. */
const LONGEST = 200

/** What the words find: what the server finds by how it begins, a request by its id, and what happened to an address. */
export function useFound(
  words: string,
  tenant: string | undefined,
): { readonly found: readonly Found[]; readonly looking: boolean } {
  const { t } = useTranslation('frame')
  const mayRead = useMay('values')
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
  const items = asked && !hits.isPlaceholderData ? (hits.data?.items ?? []) : []
  const isHere = items.some(
    ({ kind, label, detail }) => kind === 'address' || (kind === 'person' && [label, detail].includes(words)),
  )
  const told = isAddress && !where.isPlaceholderData ? where.data : undefined
  // What is known of an address is one line, not two that contradict each other.
  const shown = items.filter(({ kind }) => kind !== 'address' || told === undefined)
  found.push(
    ...shown.map((hit) => ({
      ...foundOf(hit, t),
      ...(hit.kind === 'address' ? { description: t('whereabouts.some', hit) } : {}),
    })),
  )
  // Whoever is here although no request says so came by an import, by hand, or before requests were kept.
  const state = isHere && UNSEEN.includes(told?.state ?? '') ? 'some' : told?.state
  if (told !== undefined && state !== undefined && tenant !== undefined && !(state === 'some' && mayRead)) {
    const { first, last, refusal } = told
    const time = moment((state === 'refused' ? refusal?.at : state === 'here' ? first : last) ?? Date.now())
    found.push({
      key: `whereabouts ${words}`,
      label: words,
      description: t(`whereabouts.${state}`, { time, tenant }),
      target: state === 'some' ? undefined : whereTo(told, tenant, mayRead),
    })
  }
  return { found, looking: request.isFetching || hits.isFetching || where.isFetching }
}

/** Where it is seen what happened to an address. */
function whereTo({ state, type, resource, refusal, about }: Whereabouts, tenant: string, mayRead: boolean): Target {
  if (state === 'refused' && refusal !== undefined)
    return { to: '/t/$tenant/requests/$id', params: { tenant, id: refusal.id } }
  if (state === 'here' && type === 'User' && resource !== undefined && mayRead)
    return { to: '/t/$tenant/people/$id', params: { tenant, id: resource } }
  const search = { filter: resource === undefined ? `about:${about}` : `resource:${resource}` }
  return { to: '/t/$tenant/requests', params: { tenant }, search }
}

function foundOf({ kind, tenant, id, label, detail }: Hit, t: TFunction<'frame'>): Found {
  const fact = kind === 'gone' ? t('goneSince', { time: moment(detail) }) : detail
  const description = [fact, kind === 'tenant' ? '' : tenant].filter((one) => one !== '').join(' · ')
  return { key: `${kind} ${tenant} ${id}`, label, description, target: placeOf(kind, tenant, id) }
}

function placeOf(kind: Hit['kind'], tenant: string, id: string): Target | undefined {
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
      // Who it is, the role may not see.
      return undefined
  }
}
