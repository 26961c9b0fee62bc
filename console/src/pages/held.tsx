// Removals that the guard has held: who would lose what, since when, because of what; and the decision.

import { Button } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useAct, useApi, useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Shape } from '../parts/status.tsx'
import { useMay } from '../session.tsx'
import { lasting, moment, number } from '../words/figures.ts'
import { useAppNames } from './apps/app-names.ts'
import css from './apps/apps.module.css'
import { LinkTable } from './apps/state-tab.tsx'

type Hold = Answer<'GET /tenants/{tenant}/held'>['items'][number]

export default function Held() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const given = { params: { tenant }, query: {} }
  const read = useApi('GET /tenants/{tenant}/held', given, { everyMs: 5_000 })
  return (
    <Page
      title={t('held.title')}
      actions={
        <AsCommand
          call={callOf('GET /tenants/{tenant}/held', given)}
          command={
            [...new Set((read.data?.items ?? []).map(({ app }) => app))]
              .map((app) => `lockstep app held ${app} --tenant ${tenant}`)
              .join('\n') || undefined
          }
        />
      }
    >
      <Loaded read={read}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel label={t('held.title')}>
              <Empty what={t('held.empty')} why={t('held.emptyWhy')} />
            </Panel>
          ) : (
            items.map((hold) => <One key={`${hold.app} ${hold.hold}`} tenant={tenant} hold={hold} />)
          )
        }
      </Loaded>
    </Page>
  )
}

function One({ tenant, hold }: { readonly tenant: string; readonly hold: Hold }) {
  const { t } = useTranslation('apps')
  const approve = useMay('approve')
  const values = useMay('values')
  const [open, setOpen] = useState(false)
  const { app, count, limit, cause, opened, place } = hold
  const name = useAppNames(tenant).get(app) ?? app
  return (
    <Panel title={name} actions={approve && <Decide tenant={tenant} hold={hold} name={name} />}>
      <p className={css.sentence}>
        <Shape state="held" /> {t('held.sentence', { count, shown: number(count), app: name, limit: number(limit) })}
      </p>
      <p className={css.inline}>
        {t('held.since', { time: moment(opened), lasting: lasting(opened) })} · {causeText(t, cause)} ·{' '}
        <To to="/t/$tenant/changes" params={{ tenant }} search={{ open: String(place) }}>
          #{number(place)}
        </To>{' '}
        ·{' '}
        <To to="/t/$tenant/apps/$app" params={{ tenant, app }}>
          {t('held.toApp')}
        </To>
      </p>
      <p className={css.quiet}>{t('held.byItself')}</p>
      {values && (
        <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('held.who')}
        </Button>
      )}
      {open && <Who tenant={tenant} app={app} hold={hold.hold} />}
    </Panel>
  )
}

function causeText(t: ReturnType<typeof useTranslation<'apps'>>['t'], cause: string): string {
  const [kind = '', ...rest] = cause.split(' ')
  const what = rest.join(' ')
  if (kind === 'configuration') return t('held.cause.configuration')
  if (kind === 'sweep') return t('held.cause.sweep')
  if (kind === 'group') return t('held.cause.group')
  if (kind === 'request') return t('held.cause.request', { what })
  return t('held.cause.trickle')
}

function Who({ tenant, app, hold }: { readonly tenant: string; readonly app: string; readonly hold: string }) {
  const { t } = useTranslation('apps')
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/apps/{app}/links', {
    params: { tenant, app },
    query: { limit: 50, hold },
  })
  return (
    <Loaded read={query}>
      {() => (
        <>
          {items.length === 0 ? (
            <Empty what={t('held.nobody')} />
          ) : (
            <LinkTable tenant={tenant} app={app} links={items} />
          )}
          {hasMore && (
            <Button variant="subtle" onClick={more}>
              {t('more')}
            </Button>
          )}
        </>
      )}
    </Loaded>
  )
}

function Decide({
  tenant,
  hold: { app, hold, count },
  name,
}: {
  readonly tenant: string
  readonly hold: Hold
  readonly name: string
}) {
  const { t } = useTranslation('apps')
  const [asked, setAsked] = useState<'approve' | 'discard'>()
  const params = { tenant, app, hold }
  const approve = useAct('POST /tenants/{tenant}/apps/{app}/held/{hold}/approve')
  const discard = useAct('POST /tenants/{tenant}/apps/{app}/held/{hold}/discard')
  const isApproval = asked === 'approve'
  return (
    <>
      <Button variant="default" onClick={() => setAsked('discard')}>
        {t('held.discard')}
      </Button>
      <Button color="red" onClick={() => setAsked('approve')}>
        {t('held.approve', { count })}
      </Button>
      <Confirm
        opened={asked !== undefined}
        title={
          isApproval ? t('held.approveQuestion', { count, app: name }) : t('held.discardQuestion', { count, app: name })
        }
        action={isApproval ? t('held.approve', { count }) : t('held.discard')}
        danger={isApproval}
        run={() => (isApproval ? approve : discard).mutateAsync({ params })}
        close={() => setAsked(undefined)}
      >
        <p>{isApproval ? t('held.approveWhat', { count, app: name }) : t('held.discardWhat')}</p>
      </Confirm>
    </>
  )
}
