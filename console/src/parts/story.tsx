// All that happened to a resource, newest first: changes with a way back, requests, pushes to apps, receipts.

import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api } from '../api/client.ts'
import { several, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import css from './directory.module.css'
import { rowOf } from './happening-rows.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { Timeline } from './timeline.tsx'
import { UndoPlan } from './undo-plan.tsx'

const KINDS = ['change', 'request', 'read', 'push', 'receipt'] as const
/** What is shown at first: reads that changed nothing come by the hundred. */
const FIRST = ['change', 'request', 'push', 'receipt']
const SEARCH = { kinds: several() }

type Page = Answer<'GET /tenants/{tenant}/resources/{type}/{id}/happenings'>

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
  const { t: changes } = useTranslation('changes')
  const mayEdit = useMay('edit')
  const [undoing, setUndoing] = useState<number>()
  const [search, change] = useSearchState(SEARCH)
  const offered = KINDS.filter((kind) => kind !== 'receipt' || type === 'User')
  const chosen = search.kinds.length === 0 ? FIRST : search.kinds
  const kinds = offered.filter((kind) => chosen.includes(kind))
  const read = useInfiniteQuery({
    queryKey: ['happenings', tenant, type, id, kinds],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api(
        'GET /tenants/{tenant}/resources/{type}/{id}/happenings',
        { params: { tenant, type, id }, query: { limit: 50, kinds: kinds.join(','), before: pageParam } as never },
        { signal },
      ),
    getNextPageParam: (last: Page) => last.next,
  })
  const toggle = (kind: (typeof KINDS)[number]) => {
    const next = offered.filter((one) => (one === kind) !== kinds.includes(one))
    // Nothing chosen would be nothing shown.
    change({ kinds: next.join() === FIRST.join() ? [] : next })
  }
  const deps = { tenant, resource: id, t, changes, undo: mayEdit ? setUndoing : undefined }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame around buttons. */}
      <div className={css.bar} role="group" aria-label={t('story.kinds.label')}>
        {offered.map((kind) => (
          <Button
            key={kind}
            size="compact-sm"
            variant={kinds.includes(kind) ? 'light' : 'default'}
            aria-pressed={kinds.includes(kind)}
            onClick={() => toggle(kind)}
          >
            {t(`story.kinds.${kind}`)}
          </Button>
        ))}
      </div>
      <Loaded read={read} lines={8}>
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items)
          const begins = Math.max(1, ...pages.map((page) => page.begins))
          if (entries.length === 0 && !read.hasNextPage)
            return <Empty what={t('story.what')} why={t('story.why', { place: begins })} />
          return (
            <Timeline
              all={entries.map((entry) => rowOf(entry, deps))}
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
          )
        }}
      </Loaded>
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
}
