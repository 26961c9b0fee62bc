// What happened to a resource, newest first, each change with what it did, and a way back.

import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api } from '../api/client.ts'
import { useMay } from '../session.tsx'
import { Differences } from './change-diff.tsx'
import { differencesIn, stateOf } from './changes.ts'
import css from './directory.module.css'
import { To } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import type { Happening } from './timeline.tsx'
import { Timeline } from './timeline.tsx'
import { UndoPlan } from './undo-plan.tsx'

type Page = Answer<'GET /tenants/{tenant}/resources/{type}/{id}/timeline'>
type Entry = Page['items'][number]

/** The timeline of a resource. */
export function Story({
  tenant,
  type,
  id,
  undone,
}: {
  readonly tenant: string
  readonly type: string
  readonly id: string
  readonly undone: () => void
}) {
  const { t } = useTranslation('people')
  const { t: parts } = useTranslation('changes')
  const mayEdit = useMay('edit')
  const [undoing, setUndoing] = useState<number>()
  const read = useInfiniteQuery({
    queryKey: ['timeline', tenant, type, id],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      api(
        'GET /tenants/{tenant}/resources/{type}/{id}/timeline',
        {
          params: { tenant, type, id },
          query: { limit: 50, ...(pageParam === undefined ? {} : { before: pageParam }) },
        },
        { signal },
      ),
    getNextPageParam: (last: Page) => last.next,
  })
  const happening = (entry: Entry): Happening => {
    const { line, place } = entry
    const isChange = entry.kind === 'change'
    const differences = isChange ? differencesIn(line.paths) : []
    const { actor } = line
    return {
      id: `${place}`,
      time: line.at,
      state: stateOf(line),
      what:
        entry.group === undefined ? (
          parts(`did.${entry.kind === 'note' ? 'note' : line.op}`, { actor })
        ) : (
          <Moved tenant={tenant} entry={entry} />
        ),
      aside: mayEdit && entry.kind !== 'note' && (
        <Button size="compact-xs" variant="subtle" onClick={() => setUndoing(place)}>
          {parts('undo')}
        </Button>
      ),
      ...(differences.length > 0 ? { detail: <Differences all={differences} most={20} /> } : {}),
    }
  }
  return (
    <Loaded read={read} lines={8}>
      {({ pages }) => {
        const entries = pages.flatMap(({ items }) => items)
        const begins = pages.at(-1)?.begins ?? 1
        if (entries.length === 0) return <Empty what={t('story.what')} why={t('story.why', { place: begins })} />
        return (
          <>
            <Timeline
              all={entries.map(happening)}
              end={
                read.hasNextPage ? (
                  <Button variant="default" loading={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
                    {t('story.more')}
                  </Button>
                ) : (
                  t('story.end', { place: begins })
                )
              }
            />
            {undoing !== undefined && (
              <UndoPlan
                tenant={tenant}
                places={[undoing]}
                close={() => setUndoing(undefined)}
                done={() => {
                  void read.refetch()
                  undone()
                }}
              />
            )}
          </>
        )
      }}
    </Loaded>
  )
}

function Moved({ tenant, entry }: { readonly tenant: string; readonly entry: Entry }) {
  const { t } = useTranslation('changes')
  const { group, kind, line } = entry
  if (group === undefined) return null
  return (
    <>
      {t(kind === 'joined' ? 'did.joined' : 'did.left', { actor: line.actor })}{' '}
      <To to="/t/$tenant/groups/$id" params={{ tenant, id: group.id }} className={css.link}>
        {group.display ?? group.id}
      </To>
    </>
  )
}
