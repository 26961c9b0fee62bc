// A resource by its name, also one that is gone; by its id until the name is read, and for whoever may not see it.

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Answer, api } from '../api/client.ts'
import { useMay } from '../session.tsx'

type Named = Answer<'GET /tenants/{tenant}/names'>['items'][number]

/** So many are asked for at once, and what is shown within so long is asked for together. */
const MOST = 100
const TOGETHER_MS = 20
/** Names change seldom. */
const FRESH_MS = 60_000

/** Ids that are waited for, by tenant. */
const waiting = new Map<string, Map<string, ((named: Promise<Named | undefined>) => void)[]>>()

/** The name of a resource; lists ask for those of all their lines in one request. */
function nameOf(tenant: string, id: string): Promise<Named | undefined> {
  return new Promise((resolve) => {
    const ids = waiting.get(tenant) ?? new Map()
    if (ids.size === 0) setTimeout(() => ask(tenant), TOGETHER_MS)
    waiting.set(tenant, ids.set(id, [...(ids.get(id) ?? []), resolve]))
  })
}

function ask(tenant: string): void {
  const all = [...(waiting.get(tenant) ?? [])]
  waiting.delete(tenant)
  for (let at = 0; at < all.length; at += MOST) {
    const some = all.slice(at, at + MOST)
    const query = { ids: some.map(([id]) => id).join(',') }
    const answer = api('GET /tenants/{tenant}/names', { params: { tenant }, query })
    for (const [id, resolves] of some) {
      // Its type is of no matter: an id is unique in its tenant.
      const named = answer.then(({ items }) => items.find((one) => one.id === id))
      for (const resolve of resolves) resolve(named)
    }
  }
}

/** The name of a resource, with its type; undefined until it is read, where it never was, and for whoever may not see it. */
export function useName(tenant: string, id: string): Named | undefined {
  const sees = useMay('values')
  const { data } = useQuery({
    queryKey: ['name', tenant, id],
    // No answer is one, too: it never was.
    queryFn: async () => (await nameOf(tenant, id)) ?? null,
    staleTime: FRESH_MS,
    enabled: sees && id !== '',
  })
  return data ?? undefined
}

/** The name as text. */
export function NameOf({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('parts')
  const named = useName(tenant, id)
  return (
    <>
      {named?.name ?? id}
      {named?.gone === true && ` ${t('moved.gone')}`}
    </>
  )
}
