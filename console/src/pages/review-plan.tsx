// What takes access away at the end of a review, and carrying it out.

import { Button, Switch } from '@mantine/core'
import '@mantine/core/styles/Switch.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useAct, useList } from '../api/use-api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { type State, Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import { number } from '../words/figures.ts'

type Review = Answer<'GET /tenants/{tenant}/reviews/{review}'>
type Fate = Answer<'GET /tenants/{tenant}/reviews/{review}/plan'>['items'][number]

const STATES: { readonly [does in Fate['does']]: State } = { leave: 'wait', gone: 'off', rule: 'warn', tied: 'held' }

/** The plan of a closed review. */
export function ReviewPlan({ tenant, review }: { readonly tenant: string; readonly review: Review }) {
  const { t } = useTranslation('reviews')
  const mayApprove = useMay('approve')
  const [alongside, setAlongside] = useState(false)
  const [asked, setAsked] = useState(false)
  const params = { tenant, review: review.review }
  const query = { limit: 50, alongside: alongside ? ('true' as const) : ('false' as const) }
  const plan = useList('GET /tenants/{tenant}/reviews/{review}/plan', { params, query })
  const apply = useAct('POST /tenants/{tenant}/reviews/{review}/apply')
  const { work } = review
  const isRunning = work?.state === 'running'
  return (
    <Panel
      title={t('plan.title')}
      flush
      actions={
        mayApprove && (
          <>
            <Switch
              label={t('plan.alongside')}
              checked={alongside}
              onChange={(event) => setAlongside(event.currentTarget.checked)}
            />
            <Button disabled={isRunning || review.counts.open === 0} onClick={() => setAsked(true)}>
              {t('plan.do')}
            </Button>
          </>
        )
      }
    >
      {work !== undefined && isRunning && (
        <Status state="wait">{t('plan.running', { done: number(work.done), of: number(work.of) })}</Status>
      )}
      {work?.state === 'failed' && <Status state="fail">{t('plan.failed', { why: work.message ?? '' })}</Status>}
      <Loaded read={plan.query}>
        {() => (plan.items.length === 0 ? <Empty what={t('plan.empty')} /> : <Fates fates={plan.items} />)}
      </Loaded>
      {plan.hasMore && (
        <Button variant="default" onClick={plan.more}>
          {t('more')}
        </Button>
      )}
      <Confirm
        opened={asked}
        title={t('plan.ask')}
        action={t('plan.do')}
        run={() => apply.mutateAsync({ params, body: { alongside } })}
        close={() => setAsked(false)}
      >
        {t('plan.what', { count: review.counts.open })}
      </Confirm>
    </Panel>
  )
}

function Fates({ fates }: { readonly fates: readonly Fate[] }) {
  const { t } = useTranslation('reviews')
  return (
    <ShortTable
      label={t('plan.title')}
      rows={fates}
      keyOf={({ line }) => line}
      columns={[
        { title: t('column.who'), cell: ({ name }) => name },
        { title: t('column.app'), cell: ({ app }) => app },
        { title: t('column.what'), cell: ({ kind, value }) => `${value} · ${t(`kind.${kind}`)}` },
        {
          title: t('column.does'),
          cell: ({ does, groups }) => (
            <Status state={STATES[does]}>
              {does === 'leave'
                ? t('plan.leave', { groups: groups.map(({ name }) => name).join(', ') })
                : t(`plan.${does}`)}
            </Status>
          ),
        },
        {
          title: t('column.because'),
          cell: ({ why, changed }) => (changed ? `${why} · ${t('plan.changed')}` : why),
        },
      ]}
    />
  )
}
