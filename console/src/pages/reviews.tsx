// Access reviews: those that there are, how far they are, and how one is started.

import { Button } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { later } from '../parts/later.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { type State, Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { flag, text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { moment, number } from '../words/figures.ts'
import css from './review.module.css'

/** Loaded when one is started: its fields find people and groups. */
const NewReview = later(async () => (await import('./review-new.tsx')).NewReview)

type Review = Answer<'GET /tenants/{tenant}/reviews'>['items'][number]

const SEARCH = { start: flag(), app: text(), user: text(), group: text(), at: text(), exceptions: flag() }

export default function Reviews() {
  const { t } = useTranslation('reviews')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const mayApprove = useMay('approve')
  const [search, change] = useSearchState(SEARCH)
  const given = { params: { tenant } }
  const reviews = useApi('GET /tenants/{tenant}/reviews', given, {
    everyMs: (answer) => (answer?.items.some(({ state }) => state === 'copying') ? 1_000 : undefined),
  })
  return (
    <Page
      title={t('title')}
      lead={<span className={css.quiet}>{t('lead')}</span>}
      actions={
        <>
          {mayApprove && <Button onClick={() => change({ start: true })}>{t('start')}</Button>}
          <AsCommand
            call={callOf('GET /tenants/{tenant}/reviews', given)}
            command={`lockstep review list --tenant ${tenant}`}
          />
        </>
      }
    >
      <Panel flush>
        <Loaded read={reviews}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty what={t('empty.what')} why={t('empty.why')} />
            ) : (
              <ReviewTable tenant={tenant} reviews={items} />
            )
          }
        </Loaded>
      </Panel>
      {search.start && mayApprove && (
        <NewReview
          tenant={tenant}
          from={search}
          close={() => change({ start: false, app: '', user: '', group: '', at: '', exceptions: false })}
        />
      )}
    </Page>
  )
}

function ReviewTable({ tenant, reviews }: { readonly tenant: string; readonly reviews: readonly Review[] }) {
  const { t } = useTranslation('reviews')
  return (
    <ShortTable
      label={t('title')}
      rows={reviews}
      keyOf={({ review }) => review}
      columns={[
        {
          title: t('column.name'),
          cell: ({ review, name }) => (
            <To to="/t/$tenant/reviews/$review" params={{ tenant, review }}>
              {name}
            </To>
          ),
        },
        { title: t('column.state'), cell: (review) => <ReviewState review={review} /> },
        {
          title: t('column.decided'),
          align: 'end',
          cell: ({ lines, counts }) => t('of', { done: number(lines - counts.undecided), all: number(lines) }),
        },
        { title: t('column.remove'), align: 'end', cell: ({ counts }) => number(counts.remove) },
        { title: t('column.ends'), cell: ({ endsAt }) => moment(endsAt) },
      ]}
    />
  )
}

/** Where a review is: open, past its end, closed. */
export function ReviewState({ review: { state, endsAt, message } }: { readonly review: Review }) {
  const { t } = useTranslation('reviews')
  const shown = state === 'open' && Date.parse(endsAt) < Date.now() ? 'overdue' : state
  return (
    <Status state={STATES[shown]} {...(message === undefined ? {} : { title: message })}>
      {t(`state.${shown}`)}
    </Status>
  )
}

const STATES: { readonly [state in Review['state'] | 'overdue']: State } = {
  copying: 'wait',
  open: 'wait',
  overdue: 'warn',
  closed: 'ok',
  failed: 'fail',
}
