// One access review: its lines to decide by mouse or keys, what came since, and what takes access away.

import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api, callOf, send } from '../api/client.ts'
import { useAct, useApi, useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failed } from '../parts/failed.tsx'
import { useGo } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import { moment, number } from '../words/figures.ts'
import { ReviewLines } from './review-lines.tsx'
import { ReviewPlan } from './review-plan.tsx'
import { ReviewState } from './reviews.tsx'

type Review = Answer<'GET /tenants/{tenant}/reviews/{review}'>

export default function OneReview() {
  const { t } = useTranslation('reviews')
  const { tenant = '', review = '' } = useParams({ strict: false }) as {
    readonly tenant?: string
    readonly review?: string
  }
  const given = { params: { tenant, review } }
  const read = useApi('GET /tenants/{tenant}/reviews/{review}', given, {
    everyMs: (one) => (one?.state === 'copying' || one?.work?.state === 'running' ? 1_000 : undefined),
  })
  const name = read.data?.name ?? t('title')
  const client = useQueryClient()
  const isRunning = read.data?.work?.state === 'running' || read.data?.state === 'copying'
  const wasRunning = useRef(false)
  useEffect(() => {
    // What became of the lines is read when it has become of all of them.
    if (wasRunning.current && !isRunning) void client.invalidateQueries()
    wasRunning.current = isRunning
  }, [isRunning, client])
  return (
    <Page
      title={name}
      lead={read.data && <ReviewState review={read.data} />}
      actions={
        <>
          {read.data && <Acts tenant={tenant} review={read.data} />}
          <AsCommand
            call={callOf('GET /tenants/{tenant}/reviews/{review}', given)}
            command={`lockstep review show ${review} --tenant ${tenant}`}
          />
        </>
      }
    >
      <Loaded read={read}>
        {(one) => (
          <>
            <Panel label={name}>
              <Head review={one} />
            </Panel>
            {one.doubts.map((doubt) => (
              <Status key={doubt} state="warn">
                {doubt}
              </Status>
            ))}
            {one.state === 'closed' && <ReviewPlan tenant={tenant} review={one} />}
            {(one.state === 'open' || one.state === 'closed') && (
              <>
                <ReviewLines tenant={tenant} review={one} />
                <Came tenant={tenant} review={review} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Head({ review }: { readonly review: Review }) {
  const { t } = useTranslation('reviews')
  const { counts, reason, started, startedBy, at, endsAt, reviewer, state } = review
  return (
    <Facts
      facts={[
        [t('facts.reason'), reason],
        [t('facts.started'), t('facts.by', { when: moment(started), who: startedBy })],
        [t('facts.copied'), moment(at ?? started)],
        [t('facts.ends'), moment(endsAt)],
        ...(reviewer === undefined ? [] : ([[t('facts.reviewer'), reviewer]] as const)),
        [t('facts.undecided'), t('of', { done: number(counts.undecided), all: number(review.lines) })],
        [t('facts.keep'), number(counts.keep)],
        [t('facts.remove'), number(counts.remove)],
        ...(state === 'closed'
          ? ([
              [t('facts.done'), number(counts.done)],
              [t('facts.gone'), number(counts.gone)],
              [t('facts.open'), number(counts.open)],
            ] as const)
          : []),
      ]}
    />
  )
}

function Acts({ tenant, review }: { readonly tenant: string; readonly review: Review }) {
  const { t } = useTranslation('reviews')
  const go = useGo()
  const mayApprove = useMay('approve')
  const [asked, setAsked] = useState<'close' | 'delete'>()
  const params = { tenant, review: review.review }
  const close = useAct('POST /tenants/{tenant}/reviews/{review}/close')
  const remove = useAct('DELETE /tenants/{tenant}/reviews/{review}')
  const csv = useMutation({
    mutationFn: async () => (await send(callOf('GET /tenants/{tenant}/reviews/{review}/csv', { params }))).text(),
    onSuccess: (text) => saveFile(text, `review-${review.review}.csv`, 'text/csv'),
  })
  const jws = useMutation({
    mutationFn: () => api('GET /tenants/{tenant}/reviews/{review}/document', { params }),
    onSuccess: (signed) => saveFile(`${signed.jws}\n`, `review-${review.review}.jws`, 'application/jose'),
  })
  const failed = csv.error ?? jws.error
  return (
    <>
      {review.state === 'closed' && (
        <>
          <Button
            variant="default"
            leftSection={<Download size={14} />}
            loading={csv.isPending}
            onClick={() => csv.mutate()}
          >
            {t('csv')}
          </Button>
          <Button variant="default" loading={jws.isPending} onClick={() => jws.mutate()}>
            {t('jws')}
          </Button>
        </>
      )}
      {mayApprove && review.state === 'open' && <Button onClick={() => setAsked('close')}>{t('close.do')}</Button>}
      {mayApprove && review.state !== 'copying' && (
        <Button variant="default" onClick={() => setAsked('delete')}>
          {t('delete.do')}
        </Button>
      )}
      {failed !== null && <Failed error={failed} />}
      <Confirm
        opened={asked === 'close'}
        title={t('close.title')}
        action={t('close.action')}
        danger={false}
        run={() => close.mutateAsync({ params })}
        close={() => setAsked(undefined)}
      >
        {t('close.what', { undecided: number(review.counts.undecided), remove: number(review.counts.remove) })}
      </Confirm>
      <Confirm
        opened={asked === 'delete'}
        title={t('delete.title')}
        action={t('delete.do')}
        name={review.name}
        run={async () => {
          await remove.mutateAsync({ params })
          go({ to: '/t/$tenant/reviews', params: { tenant } })
        }}
        close={() => setAsked(undefined)}
      >
        {t('delete.what')}
      </Confirm>
    </>
  )
}

/** What people have now that was not copied; nothing is shown where there is nothing. */
function Came({ tenant, review }: { readonly tenant: string; readonly review: string }) {
  const { t } = useTranslation('reviews')
  const given = { params: { tenant, review }, query: { limit: 100 } }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/reviews/{review}/came', given)
  if (query.error !== null) return <Failed error={query.error} />
  if (items.length === 0 && !hasMore) return null
  return (
    <Panel title={t('came.title')} flush>
      <ShortTable
        label={t('came.title')}
        rows={items}
        keyOf={({ user, app, kind, value }) => `${user} ${app} ${kind} ${value}`}
        columns={[
          { title: t('column.who'), cell: ({ name }) => name },
          { title: t('column.app'), cell: ({ app }) => app },
          { title: t('column.what'), cell: ({ kind, value }) => `${value} · ${t(`kind.${kind}`)}` },
          { title: t('column.because'), cell: ({ through }) => through },
        ]}
      />
      {hasMore && (
        <Button variant="default" onClick={more}>
          {t('more')}
        </Button>
      )}
    </Panel>
  )
}
