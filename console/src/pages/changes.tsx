// The log of a tenant, newest first: who changed what, before and after, and a way back.

import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useMediaQuery } from '@mantine/hooks'
import { Download } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { LineDetail } from '../changes/detail.tsx'
import { type Filter, filterQuery, type Line } from '../changes/filter.ts'
import { useLiveChanges } from '../changes/live-changes.ts'
import { Sentence } from '../changes/sentence.tsx'
import { AsCommand } from '../parts/as-command.tsx'
import { stateOf } from '../parts/changes.ts'
import css from '../parts/directory.module.css'
import { type Column, Grid } from '../parts/grid.tsx'
import { FollowButton } from '../parts/live.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { useTenant } from '../parts/use-tenant.ts'
import { ADMIN } from '../place.ts'
import { numeric, text, useSearchState } from '../search.ts'
import { clock, day, moment } from '../words/figures.ts'

const SEARCH = {
  type: text(),
  id: text(),
  actor: text(),
  op: text(),
  path: text(),
  since: text(),
  until: text(),
  open: numeric(0),
}
/** The types that are one click away. */
const TYPES = ['', 'User', 'Group'] as const

/** The page of changes. */
export default function Changes() {
  const { t } = useTranslation('changes')
  const tenant = useTenant()
  const [search, change] = useSearchState(SEARCH)
  const { open, ...filter } = search
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false })
  const [filtering, setFiltering] = useState<boolean>()
  const [heldAt, setHeldAt] = useState<number>()
  // Whoever leaves the top pauses; whoever is on the way back there does not.
  const firstSeen = useRef(0)
  const { read, lines, held, live } = useLiveChanges(tenant, filter, heldAt)
  const query = filterQuery(filter)
  const follow = (is: boolean) => setHeldAt(is ? undefined : (before) => before ?? lines[0]?.place ?? 0)
  const more = () => {
    if (read.hasNextPage && !read.isFetchingNextPage) void read.fetchNextPage()
  }
  const columns = useColumns(tenant)
  const listed = lines.find(({ place }) => place === open)
  // A link may lead to a line that is further back than what is listed, or that the filter leaves out.
  const alone = useApi(
    'GET /tenants/{tenant}/log',
    { params: { tenant }, query: { before: open + 1, limit: 1 } },
    { enabled: open > 0 && listed === undefined && read.data !== undefined },
  )
  const shown = listed ?? alone.data?.items.find(({ place }) => place === open)
  return (
    <Page
      fill
      title={t('title')}
      actions={
        <>
          <SegmentedControl
            aria-label={t('filter.types')}
            value={TYPES.find((one) => one === search.type) ?? ''}
            onChange={(type) => change({ type })}
            data={TYPES.map((value) => ({ value, label: t(`filter.of.${value || 'all'}`) }))}
          />
          <Button
            variant="default"
            aria-expanded={filtering ?? wide}
            onClick={() => setFiltering(!(filtering ?? wide))}
          >
            {t('filter.label')}
          </Button>
          <AsCommand
            call={callOf('GET /tenants/{tenant}/log', {
              params: { tenant },
              query: { ...query, order: 'desc', limit: 100 } as never,
            })}
            command={`lockstep log --tenant ${tenant}`}
          />
        </>
      }
    >
      {(filtering ?? wide) && <Filters value={filter} change={change} />}
      <div className={css.bar}>
        {live.state === 'lost' && <Status state="warn">{t('lost', { time: clock(live.since) })}</Status>}
        <FollowButton follow={heldAt === undefined} waiting={held} change={follow} />
        {(['csv', 'jsonl'] as const).map((format) => (
          <Button
            key={format}
            variant="default"
            component="a"
            download
            href={fileAt(tenant, query, format)}
            aria-label={t('export.as', { format: t(`export.${format}`) })}
            leftSection={<Download size={14} />}
          >
            {t(`export.${format}`)}
          </Button>
        ))}
      </div>
      <Loaded read={read} lines={8}>
        {() =>
          lines.length === 0 ? (
            <Empty
              what={t('empty.what')}
              why={t(read.hasNextPage ? 'empty.looked' : 'empty.filter')}
              {...(read.hasNextPage
                ? {
                    action: (
                      <Button variant="default" onClick={more}>
                        {t('lookOn')}
                      </Button>
                    ),
                  }
                : {})}
            />
          ) : (
            <div className={css.beside}>
              <div className={css.list}>
                <Grid
                  label={t('title')}
                  columns={columns}
                  count={lines.length}
                  rowAt={(at) => lines[at]}
                  keyOf={({ place }) => String(place)}
                  onOpen={({ place }) => change({ open: place }, { push: true })}
                  open={String(open)}
                  onClose={() => change({ open: 0 })}
                  onRange={(first, last) => {
                    if (first > 0 && firstSeen.current === 0) follow(false)
                    firstSeen.current = first
                    if (last > lines.length - 30) more()
                  }}
                  newestFirst
                  follow={heldAt === undefined}
                  onFollow={follow}
                />
              </div>
              {shown !== undefined && (
                <div className={css.side}>
                  <LineDetail
                    tenant={tenant}
                    line={shown}
                    close={() => change({ open: 0 })}
                    undone={() => void read.refetch()}
                  />
                </div>
              )}
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

/** Where the file of what a filter gives is: the browser saves it while it is written. */
function fileAt(tenant: string, query: object, format: 'csv' | 'jsonl'): string {
  const given = { params: { tenant }, query: { ...query, format } as never }
  return new URL(callOf('GET /tenants/{tenant}/log/export', given).path, ADMIN).href
}

function Filters({ value, change }: { readonly value: Filter; readonly change: (next: Partial<Filter>) => void }) {
  const { t } = useTranslation('changes')
  const field = (name: 'type' | 'id' | 'actor' | 'path') => (
    <TextInput
      label={t(`filter.${name}`)}
      defaultValue={value[name]}
      onBlur={(event) => change({ [name]: event.currentTarget.value.trim() })}
      onKeyDown={(event) => event.key === 'Enter' && change({ [name]: event.currentTarget.value.trim() })}
      spellCheck={false}
    />
  )
  const time = (name: 'since' | 'until') => (
    <TextInput
      type="datetime-local"
      label={t(`filter.${name}`)}
      value={value[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <div className={css.filters}>
      {/* Made anew when a type is chosen above. */}
      <div key={value.type}>{field('type')}</div>
      {field('actor')}
      {field('path')}
      {field('id')}
      <Select
        label={t('filter.op')}
        data={(['create', 'patch', 'replace', 'delete', 'note'] as const).map((op) => ({
          value: op,
          label: t(`op.${op}`),
        }))}
        value={value.op === '' ? null : value.op}
        onChange={(op) => change({ op: op ?? '' })}
        clearable
      />
      {time('since')}
      {time('until')}
    </div>
  )
}

function useColumns(tenant: string): readonly Column<Line>[] {
  const { t } = useTranslation('changes')
  return [
    {
      id: 'place',
      title: t('place'),
      width: '84px',
      align: 'end',
      mono: true,
      narrow: 'state',
      cell: ({ place }) => `#${place}`,
    },
    {
      id: 'at',
      title: t('time'),
      width: '170px',
      cell: ({ at }) => <time dateTime={at} title={moment(at)}>{`${day(at)} ${clock(at)}`}</time>,
    },
    {
      id: 'op',
      title: t('what'),
      width: '130px',
      cell: (line) => <Status state={stateOf(line)}>{t(`op.${line.op}`)}</Status>,
    },
    {
      id: 'sentence',
      title: t('sentence'),
      width: 'minmax(240px, 4fr)',
      narrow: 'lead',
      cell: (line) => <Sentence tenant={tenant} line={line} />,
    },
    { id: 'actor', title: t('by'), width: 'minmax(120px, 1fr)', cell: ({ actor }) => actor },
  ]
}
