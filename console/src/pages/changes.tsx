// The log of a tenant, newest first: who changed what, before and after, and a way back.

import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api, callOf, type Given } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Differences } from '../parts/change-diff.tsx'
import { differencesIn, stateOf } from '../parts/changes.ts'
import css from '../parts/directory.module.css'
import { type Column, Grid } from '../parts/grid.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { type Run, UndoPlan } from '../parts/undo-plan.tsx'
import { useTenant } from '../parts/use-tenant.ts'
import { numeric, text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
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

type LogPage = Answer<'GET /tenants/{tenant}/log'>
type Line = LogPage['items'][number]

/** The page of changes. */
export default function Changes() {
  const { t } = useTranslation('changes')
  const tenant = useTenant()
  const [search, change] = useSearchState(SEARCH)
  const { open, ...filter } = search
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false })
  const [filtering, setFiltering] = useState<boolean>()
  const query = queryOf(filter)
  const read = useInfiniteQuery({
    queryKey: ['log', tenant, query],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      api(
        'GET /tenants/{tenant}/log',
        { params: { tenant }, query: { ...query, ...(pageParam === undefined ? {} : { before: pageParam }) } },
        { signal },
      ),
    getNextPageParam: (last: LogPage) => (last.end ? undefined : last.next),
    refetchInterval: 10_000,
  })
  const lines = read.data?.pages.flatMap(({ items }) => items) ?? []
  const more = () => {
    if (read.hasNextPage && !read.isFetchingNextPage) void read.fetchNextPage()
  }
  const columns = useColumns()
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
            call={callOf('GET /tenants/{tenant}/log', { params: { tenant }, query })}
            command={`lockstep log --tenant ${tenant}`}
          />
        </>
      }
    >
      {(filtering ?? wide) && <Filters value={filter} change={change} />}
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
                  onRange={(_, last) => last > lines.length - 30 && more()}
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

type Filter = { readonly [name in 'type' | 'id' | 'actor' | 'op' | 'path' | 'since' | 'until']: string }

function queryOf({ since, until, op, ...rest }: Filter) {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''))
  const time = (value: string) => new Date(value).toISOString()
  return {
    order: 'desc',
    limit: 100,
    ...given,
    ...(op === '' ? {} : { op }),
    ...(isTime(since) ? { since: time(since) } : {}),
    ...(isTime(until) ? { until: time(until) } : {}),
  } as unknown as NonNullable<Given<'GET /tenants/{tenant}/log'>['query']>
}

function isTime(value: string): boolean {
  return value !== '' && !Number.isNaN(new Date(value).getTime())
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
        size="sm"
      />
      {time('since')}
      {time('until')}
    </div>
  )
}

function useColumns(): readonly Column<Line>[] {
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
      cell: (line) => sentence(line),
    },
    { id: 'actor', title: t('by'), width: 'minmax(120px, 1fr)', cell: ({ actor }) => actor },
  ]
}

/** A line as one reads it: `User: active false → true`. */
function sentence({ type, op, paths, members }: Line): string {
  const counts = members === undefined ? [] : [`members +${members.added} −${members.removed}`]
  if (op === 'note') return `${type}: ${String(paths[0]?.new ?? '')}`
  const parts = paths.slice(0, 4).map((one) => {
    const { path, old, new: now } = one as { readonly path: string; readonly old?: unknown; readonly new?: unknown }
    if (old === undefined && now === undefined) return path
    return op === 'create' || op === 'delete'
      ? `${path} ${short(now ?? old)}`
      : `${path}: ${short(old)} → ${short(now)}`
  })
  return `${type}: ${[...parts, ...counts].join(', ')}`
}

function short(value: unknown): string {
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function LineDetail({
  tenant,
  line,
  close,
  undone,
}: {
  readonly tenant: string
  readonly line: Line
  readonly close: () => void
  readonly undone: () => void
}) {
  const { t } = useTranslation('changes')
  const mayEdit = useMay('edit')
  const [undoing, setUndoing] = useState<{ readonly places?: readonly number[]; readonly run?: Run }>()
  const { type, id, actor, at, place, op, paths } = line
  const to = type === 'Group' ? '/t/$tenant/groups/$id' : '/t/$tenant/people/$id'
  const hour = new Date(at).getTime()
  const around = { actor, since: new Date(hour - 3_600_000).toISOString(), until: new Date(hour + 1).toISOString() }
  return (
    <Panel
      title={`#${place}`}
      actions={
        <Button variant="subtle" size="compact-sm" onClick={close}>
          {t('close')}
        </Button>
      }
    >
      <Facts
        facts={[
          [t('time'), moment(at)],
          [t('by'), actor],
          [t('what'), t(`op.${op}`)],
          [
            type,
            type === 'User' || type === 'Group' ? (
              <To key="to" to={to} params={{ tenant, id }}>
                {id}
              </To>
            ) : (
              id
            ),
          ],
        ]}
      />
      <Differences all={differencesIn(paths)} />
      {mayEdit && op !== 'note' && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => setUndoing({ places: [place] })}>
            {t('undoThis')}
          </Button>
          {typeof line.txn === 'string' && (
            <Button variant="default" onClick={() => setUndoing({ run: { txn: String(line.txn) } })}>
              {t('undoRun')}
            </Button>
          )}
          <Button variant="default" onClick={() => setUndoing({ run: around })}>
            {t('undoHour', { actor })}
          </Button>
        </div>
      )}
      {undoing !== undefined && (
        <UndoPlan tenant={tenant} {...undoing} close={() => setUndoing(undefined)} done={undone} />
      )}
    </Panel>
  )
}
