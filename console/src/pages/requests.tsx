// The requests of a tenant, or of all, as they come: followed, paused, filtered, or like ones together.

import { Button, SegmentedControl } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import { type Column, Grid } from '../parts/grid.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { MarkedInput } from '../parts/marked-input.tsx'
import { Page } from '../parts/page.tsx'
import { Status, stateOfStatus } from '../parts/status.tsx'
import { parseFilter, personIn, withHash } from '../requests/filter.ts'
import type { RequestLine } from '../requests/kept-lines.ts'
import { LikeFailures } from '../requests/like-failures.tsx'
import { useLiveLines } from '../requests/live-lines.ts'
import { OpenRequest } from '../requests/open.tsx'
import { oneOf, text, useParam, useSearchState } from '../search.ts'
import { clock, moment, number } from '../words/figures.ts'
import css from './requests.module.css'

const SEARCH = { filter: text(), show: oneOf(['all', 'failed', 'bent', 'alike']), open: text() }
const ADDED = { all: '', failed: ' status:4xx,5xx', bent: ' bent:any', alike: ' status:4xx,5xx' }

/** The page of requests. */
export default function Requests() {
  const { t } = useTranslation('requests')
  const tenant = useParam('tenant')
  const [search, change] = useSearchState(SEARCH)
  return (
    <Page
      fill
      title={t('title')}
      actions={<Command tenant={tenant} filter={`${search.filter}${ADDED[search.show]}`} />}
    >
      <div className={css.bar}>
        <Filter key={search.filter} tenant={tenant} given={search.filter} change={(filter) => change({ filter })} />
        <SegmentedControl
          aria-label={t('show.label')}
          value={search.show}
          onChange={(show) => change({ show: show as 'all' })}
          data={(['all', 'failed', 'bent', 'alike'] as const).map((value) => ({ value, label: t(`show.${value}`) }))}
        />
      </div>
      {search.show === 'alike' ? (
        <LikeFailures tenant={tenant} filter={search.filter} />
      ) : (
        <Lines
          key={tenant}
          tenant={tenant}
          filter={`${search.filter}${ADDED[search.show]}`}
          open={search.open}
          setOpen={(open) => change({ open }, { push: open !== '' })}
        />
      )}
    </Page>
  )
}

/** What is shown as commands: the command knows fewer words of the filter. */
function Command({ tenant, filter }: { readonly tenant: string; readonly filter: string }) {
  const { query } = parseFilter(filter)
  const options = [
    ...(tenant === '' ? [] : [`--tenant ${tenant}`]),
    ...(query.connection === undefined ? [] : [`--connection ${quoted(query.connection)}`]),
    ...(query.outcome === undefined ? [] : ['--failed']),
    ...(query.status === undefined ? [] : [`--status ${query.status}`]),
    ...(query.print === undefined ? [] : [`--print ${quoted(query.print)}`]),
  ]
  const call =
    tenant === ''
      ? callOf('GET /requests', { query: query as never })
      : callOf('GET /tenants/{tenant}/requests', { params: { tenant }, query: query as never })
  return <AsCommand call={call} command={['lockstep requests', ...options].join(' ')} />
}

function Filter({
  tenant,
  given,
  change,
}: {
  readonly tenant: string
  readonly given: string
  readonly change: (filter: string) => void
}) {
  const { t } = useTranslation('requests')
  const [typed, setTyped] = useState(given)
  const person = tenant === '' ? undefined : personIn(typed)
  const find = useAct('POST /tenants/{tenant}/whereabouts', { done: ({ about }) => change(withHash(typed, about)) })
  // A word is looked at once it is whole: while it is typed nearly every one is wrong.
  const unknown = parseFilter(typed).unknown.filter(
    ({ word, at }) => word !== `person:${person}` && (typed === given || at + word.length < typed.length),
  )
  return (
    <form
      className={css.filter}
      onSubmit={(event) => {
        event.preventDefault()
        if (person === undefined) change(typed.trim())
        else find.mutate({ params: { tenant }, body: { name: person } })
      }}
    >
      <MarkedInput
        aria-label={t('filter.label')}
        placeholder={t('filter.example')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        marks={unknown.map(({ word, at }) => ({ from: at, to: at + word.length }))}
        error={
          find.error?.message ??
          (unknown.length === 0 ? undefined : t('filter.unknown', { words: unknown.map(({ word }) => word).join(' ') }))
        }
        spellCheck={false}
        autoComplete="off"
      />
    </form>
  )
}

function Lines({
  tenant,
  filter,
  open,
  setOpen,
}: {
  readonly tenant: string
  readonly filter: string
  readonly open: string
  readonly setOpen: (id: string) => void
}) {
  const { t } = useTranslation('requests')
  const [follow, setFollow] = useState(open === '')
  const { lines, held, error, live, failingSince, hasOlder, older } = useLiveLines(tenant, filter, follow)
  const columns = useColumns(tenant, open !== '')
  return (
    <Loaded read={{ data: lines, error: lines === undefined ? error : undefined }} lines={8}>
      {(shown) => (
        <>
          <div className={css.bar}>
            <span role="status">
              {error !== undefined ? (
                <Status state="fail">{t('live.broken')}</Status>
              ) : follow && live.state === 'lost' ? (
                <Status state="warn">{t('live.asks', { time: clock(live.since) })}</Status>
              ) : follow ? (
                <Status state="ok">{t('live.on')}</Status>
              ) : (
                <Status state="held">{t('live.paused', { count: held, number: number(held) })}</Status>
              )}
            </span>
            {failingSince !== undefined && (
              <Status state="warn">{t('live.failing', { time: moment(failingSince) })}</Status>
            )}
            <Button
              variant="default"
              leftSection={follow ? <Pause size={14} /> : <Play size={14} />}
              onClick={() => setFollow(!follow)}
            >
              {follow ? t('live.pause') : t('live.follow')}
            </Button>
            {hasOlder && (
              <Button
                variant="default"
                onClick={() => {
                  setFollow(false)
                  older()
                }}
              >
                {t('older')}
              </Button>
            )}
          </div>
          {shown.length === 0 ? (
            <Empty what={t('empty.what')} why={filter === '' ? t('empty.why') : t('empty.filter')} />
          ) : (
            <div className={open === '' ? css.both : `${css.both} ${css.withDetail}`}>
              <div className={css.list}>
                <Grid
                  label={t('title')}
                  columns={columns}
                  count={shown.length}
                  rowAt={(at) => shown[at]}
                  keyOf={({ id }) => id}
                  onOpen={(row) => {
                    if (row.unkept !== undefined || row.gap === true) return
                    setFollow(false)
                    setOpen(row.id)
                  }}
                  open={open === '' ? undefined : open}
                  onClose={() => setOpen('')}
                  stateOf={({ status }) => (status >= 500 ? 'fail' : status >= 400 ? 'warn' : undefined)}
                  follow={follow}
                  onFollow={setFollow}
                />
              </div>
              {open !== '' && <OpenRequest id={open} close={() => setOpen('')} />}
            </div>
          )}
        </>
      )}
    </Loaded>
  )
}

/** Beside an open request there is no room for all. */
function useColumns(tenant: string, isOpen: boolean): readonly Column<RequestLine>[] {
  const { t } = useTranslation('requests')
  return [
    {
      id: 'at',
      title: t('column.at'),
      width: '88px',
      mono: true,
      narrow: 'lead',
      cell: ({ at }) => (at === '' ? '' : clock(at)),
    },
    ...(tenant === ''
      ? [
          {
            id: 'tenant',
            title: t('column.tenant'),
            width: '120px',
            narrow: 'sub' as const,
            cell: (line: RequestLine) => line.tenant,
          },
        ]
      : []),
    {
      id: 'method',
      title: t('column.method'),
      width: '76px',
      mono: true,
      narrow: 'lead',
      cell: ({ method }) => method,
    },
    {
      id: 'path',
      title: t('column.path'),
      width: 'minmax(200px, 1fr)',
      mono: true,
      narrow: 'sub',
      cell: (line) => <PathOf line={line} />,
    },
    {
      id: 'status',
      title: t('column.status'),
      width: '96px',
      narrow: 'state',
      cell: ({ status, gap }) => (gap === true ? '' : <Status state={stateOfStatus(status)}>{status}</Status>),
    },
    {
      id: 'ms',
      title: t('column.ms'),
      width: '72px',
      align: 'end',
      mono: true,
      narrow: 'hidden',
      cell: ({ us, gap }) => (gap === true ? '' : (us / 1_000).toFixed(1)),
    },
    ...(isOpen
      ? []
      : [
          {
            id: 'connection',
            title: t('column.connection'),
            width: '140px',
            narrow: 'hidden' as const,
            cell: ({ connection, gap }: RequestLine) =>
              gap === true ? '' : (connection ?? <span className={css.quiet}>{t('nobody')}</span>),
          },
          {
            id: 'bent',
            title: t('column.bent'),
            width: '160px',
            narrow: 'hidden' as const,
            cell: ({ bends = [] }: RequestLine) => <span className={css.bends}>{bends.join(', ')}</span>,
          },
        ]),
  ]
}

function PathOf({ line }: { readonly line: RequestLine }) {
  const { t } = useTranslation('requests')
  if (line.gap === true) return <span className={css.quiet}>{t('gap')}</span>
  if (line.unkept === undefined) return line.path
  return <span className={css.quiet}>{t('unkept', { count: line.unkept, number: number(line.unkept) })}</span>
}
