// The lines of a review, however many: filtered, chosen, and decided by mouse or by keys.

import { Button, SegmentedControl, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api, type Body } from '../api/client.ts'
import { useList } from '../api/use-api.ts'
import { Failed } from '../parts/failed.tsx'
import { type Column, Grid } from '../parts/grid.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { type State, Status } from '../parts/status.tsx'
import { useSettled } from '../parts/use-settled.ts'
import { oneOf, text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import css from './review.module.css'

type Review = Answer<'GET /tenants/{tenant}/reviews/{review}'>
type Line = Answer<'GET /tenants/{tenant}/reviews/{review}/lines'>['items'][number]
type Decision = Body<'POST /tenants/{tenant}/reviews/{review}/decisions'>
type Verdict = Decision['verdict']

const SHOWN = ['all', 'undecided', 'keep', 'remove'] as const
const VERDICTS = ['keep', 'remove', 'undecided'] as const
const SEARCH = { show: oneOf(SHOWN), q: text() }
const LIST = 'GET /tenants/{tenant}/reviews/{review}/lines'

/** The lines, with what decides about them. */
export function ReviewLines({ tenant, review }: { readonly tenant: string; readonly review: Review }) {
  const { t } = useTranslation('reviews')
  const [search, change] = useSearchState(SEARCH)
  const q = useSettled(search.q.trim(), 300)
  const may = useMay('approve') && review.state === 'open'
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [comment, setComment] = useState('')
  const where = {
    ...(search.show === 'all' ? {} : { verdict: search.show }),
    ...(q === '' ? {} : { text: q }),
  }
  const params = { tenant, review: review.review }
  const given = { params, query: { ...where, limit: 100, now: 'true' as const } }
  const { items, query, hasMore, more } = useList(LIST, given)
  const decide = useDecide(params, comment.trim())
  const choose = (verdict: Verdict) => {
    decide.mutate({ lines: [...selected], verdict })
    setSelected(new Set())
  }
  return (
    <Panel
      flush
      title={t('lines')}
      actions={
        <>
          <TextInput
            aria-label={t('search')}
            placeholder={t('search')}
            value={search.q}
            onChange={(event) => change({ q: event.currentTarget.value })}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('show')}
            value={search.show}
            onChange={(show) => change({ show: show as 'all' })}
            data={SHOWN.map((value) => ({ value, label: t(`verdict.${value}`) }))}
          />
        </>
      }
    >
      {may && (
        <div className={css.bar}>
          <TextInput
            aria-label={t('comment')}
            placeholder={t('comment')}
            value={comment}
            maxLength={1_000}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <span>{selected.size === 0 ? t('everyLine') : t('chosen', { count: selected.size })}</span>
          {VERDICTS.map((verdict) => (
            <Button
              key={verdict}
              size="xs"
              variant="default"
              loading={decide.isPending}
              onClick={() => (selected.size === 0 ? decide.mutate({ where, verdict }) : choose(verdict))}
            >
              {t(`verdict.${verdict}`)}
            </Button>
          ))}
          <span className={css.quiet}>{t('keys')}</span>
        </div>
      )}
      {decide.error !== null && <Failed error={decide.error} />}
      {(decide.data?.own ?? 0) > 0 && <Status state="warn">{t('own', { count: decide.data?.own ?? 0 })}</Status>}
      <Loaded read={query}>
        {() =>
          items.length === 0 && !hasMore ? (
            <Empty what={t('none.what')} why={t('none.why')} />
          ) : (
            <Grid
              label={t('lines')}
              columns={columnsOf(t)}
              count={items.length}
              rowAt={(at) => items[at]}
              keyOf={({ line }) => line}
              height={440}
              onRange={(_first, last) => {
                if (last > items.length - 30) more()
              }}
              {...(may ? { selected, onSelect: setSelected, onKey: keysOf(decide.mutate) } : {})}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}

function keysOf(decide: (wanted: Wanted) => void) {
  return (key: string, { line }: Line): boolean => {
    if (key !== 'k' && key !== 'r') return false
    decide({ lines: [line], verdict: key === 'k' ? 'keep' : 'remove' })
    return true
  }
}

interface Wanted {
  readonly lines?: readonly string[]
  readonly where?: Decision['where']
  readonly verdict: Verdict
}

/** Most lines that one request names. */
const NAMED = 1_000

/** Decides; few lines change in their place, so that a long list is not read again for each key. */
function useDecide(params: { readonly tenant: string; readonly review: string }, comment: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ lines, where, verdict }: Wanted) => {
      const said = { verdict, ...(comment === '' ? {} : { comment }) }
      const send = (body: Decision) => api('POST /tenants/{tenant}/reviews/{review}/decisions', { params, body })
      let own = 0
      for (let from = 0; lines !== undefined && from < lines.length; from += NAMED)
        own += (await send({ lines: [...lines.slice(from, from + NAMED)], ...said })).own
      for (let after: string | undefined; where !== undefined; ) {
        const answer = await send({ where, ...said, ...(after === undefined ? {} : { after }) })
        own += answer.own
        after = answer.next
        if (after === undefined) break
      }
      return { own }
    },
    onSuccess: ({ own }, { lines, verdict }) => {
      void client.invalidateQueries({ queryKey: ['GET /tenants/{tenant}/reviews/{review}'] })
      if (lines === undefined || own > 0) return client.invalidateQueries({ queryKey: [LIST] })
      const decided = new Set(lines)
      client.setQueriesData<{ readonly pages: readonly { readonly items: readonly Line[] }[] }>(
        { queryKey: [LIST] },
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              items: page.items.map((one) => (decided.has(one.line) ? withVerdict(one, verdict, comment) : one)),
            })),
          },
      )
      return undefined
    },
  })
}

function withVerdict(line: Line, verdict: Verdict, comment: string): Line {
  const { verdict: _verdict, comment: _comment, ...rest } = line
  if (verdict === 'undecided') return rest
  return { ...rest, verdict, ...(comment === '' ? {} : { comment }) }
}

const NOW: { readonly [now in NonNullable<Line['now']>]: State } = {
  same: 'ok',
  changed: 'warn',
  leaving: 'wait',
  gone: 'off',
}
const DECIDED: { readonly [verdict in Verdict]: State } = { keep: 'ok', remove: 'fail', undecided: 'wait' }

function columnsOf(t: ReturnType<typeof useTranslation<'reviews'>>['t']): readonly Column<Line>[] {
  return [
    { id: 'who', title: t('column.who'), width: 'minmax(120px, 1fr)', narrow: 'lead', cell: ({ name }) => name },
    { id: 'app', title: t('column.app'), width: '110px', cell: ({ app }) => app },
    {
      id: 'what',
      title: t('column.what'),
      width: 'minmax(140px, 1fr)',
      cell: ({ kind, value }) => `${value} · ${t(`kind.${kind}`)}`,
    },
    { id: 'because', title: t('column.because'), width: 'minmax(160px, 2fr)', cell: ({ through }) => through },
    {
      id: 'decision',
      title: t('column.decision'),
      width: 'minmax(210px, 1fr)',
      narrow: 'state',
      cell: ({ verdict, outcome, comment }) => (
        <Status state={DECIDED[verdict ?? 'undecided']} {...(comment === undefined ? {} : { title: comment })}>
          {t(`verdict.${verdict ?? 'undecided'}`)}
          {verdict === 'remove' && outcome !== undefined ? ` · ${t(`outcome.${outcome.state}`)}` : ''}
        </Status>
      ),
    },
    {
      id: 'now',
      title: t('column.now'),
      width: '170px',
      narrow: 'hidden',
      cell: ({ now }) => now && <Status state={NOW[now]}>{t(`now.${now}`)}</Status>,
    },
  ]
}
