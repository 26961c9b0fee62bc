// One plan: what the guard says of it, how much it does, and every line with its reason and requests.

import { Button, Progress, SegmentedControl, Table } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Table.css'
import '@mantine/core/styles/Progress.css'
import { useQueryClient } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api } from '../../api/client.ts'
import { useAct, useApi, useList } from '../../api/use-api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Hint } from '../../parts/hint.ts'
import { JsonView } from '../../parts/json-view.tsx'
import { To } from '../../parts/link.tsx'
import { Empty, Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { Scrolled } from '../../parts/scrolled.tsx'
import { type State, Status } from '../../parts/status.tsx'
import { useMay } from '../../session.tsx'
import { moment, number } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'

type Plan = Answer<'GET /tenants/{tenant}/apps/{app}/plans/{plan}'>
type Item = Answer<'GET /tenants/{tenant}/apps/{app}/plans/{plan}/items'>['items'][number]

type Work = Answer<'GET /tenants/{tenant}/apps/{app}/plan-work/{work}'>

/** How often it is looked how far a plan is carried out. */
const LOOK_MS = 500

const SHAPES: { readonly [action in Item['action']]: State } = {
  create: 'ok',
  adopt: 'ok',
  update: 'ok',
  enable: 'ok',
  disable: 'fail',
  remove: 'fail',
  unlink: 'warn',
  wait: 'wait',
  parked: 'warn',
  held: 'held',
  same: 'off',
}

/** One plan; while it is being made, how far it is. */
export function PlanView({ tenant, app, plan }: AppTab & { readonly plan: string }) {
  const { t } = useTranslation('apps')
  const params = { tenant, app: app.app, plan }
  const [done, setDone] = useState(false)
  const read = useApi('GET /tenants/{tenant}/apps/{app}/plans/{plan}', { params }, done ? {} : { everyMs: 1_000 })
  const { data } = read
  if (data !== undefined && data.state !== 'running' && !done) setDone(true)
  return (
    <Loaded read={read}>
      {(found) =>
        found.state === 'running' ? (
          <Panel label={t('plan.title')}>
            <p>{t('plan.running', { count: found.items, shown: number(found.items) })}</p>
            <Progress value={100} animated aria-label={t('plan.runningLabel')} />
          </Panel>
        ) : found.state === 'failed' ? (
          <Panel label={t('plan.title')}>
            <Status state="fail">{found.message ?? t('plan.failed')}</Status>
          </Panel>
        ) : (
          <Made tenant={tenant} app={app} plan={found} />
        )
      }
    </Loaded>
  )
}

function Made({ tenant, app, plan }: AppTab & { readonly plan: Plan }) {
  const { t } = useTranslation('apps')
  const approve = useMay('approve')
  const { guard, counts } = plan
  const does = Object.entries(counts).filter(([action, count]) => action !== 'same' && count > 0)
  return (
    <Panel
      title={t('plan.of', { time: moment(plan.madeAt) })}
      actions={
        approve && does.length > 0 && plan.appliedAt === undefined && <Apply tenant={tenant} app={app} plan={plan} />
      }
      flush
    >
      <div style={{ padding: '10px 14px' }}>
        <p>
          {t('plan.basis', { place: number(plan.place), configured: number(plan.configured) })}
          {plan.appliedAt !== undefined && ` · ${t('plan.appliedAt', { time: moment(plan.appliedAt) })}`}
        </p>
        <p>
          {guard.held ? (
            <Status state="held">{t('plan.guardHolds', { count: guard.removals, limit: guard.limit })}</Status>
          ) : (
            <Status state="ok">{t('plan.guardLets', { count: guard.removals, limit: guard.limit })}</Status>
          )}
        </p>
        {guard.disputed !== undefined && (
          <p>
            <Status state="held">{t('plan.disputed', { count: guard.disputed })}</Status>
          </p>
        )}
        <p className={css.states}>
          {does.length === 0 ? (
            <Status state="ok">{t('plan.nothing', { count: counts.same ?? 0 })}</Status>
          ) : (
            does.map(([action, count]) => (
              <Fragment key={action}>
                <Status state={SHAPES[action as Item['action']]}>
                  {t(`action.${action as Item['action']}`)} {number(count)}
                </Status>{' '}
              </Fragment>
            ))
          )}
        </p>
      </div>
      {does.length > 0 && <Items tenant={tenant} app={app.app} plan={plan} actions={does.map(([action]) => action)} />}
    </Panel>
  )
}

function Items({
  tenant,
  app,
  plan,
  actions,
}: {
  readonly tenant: string
  readonly app: string
  readonly plan: Plan
  readonly actions: readonly string[]
}) {
  const { t } = useTranslation('apps')
  const [action, setAction] = useState('all')
  const params = { tenant, app, plan: plan.plan }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/apps/{app}/plans/{plan}/items', {
    params,
    query: { limit: 200 },
  })
  const shown = items.filter((item) => action === 'all' || item.action === action)
  return (
    <>
      <div style={{ padding: '0 14px 10px', overflowX: 'auto' }}>
        <SegmentedControl
          size="xs"
          aria-label={t('plan.filter')}
          value={action}
          onChange={setAction}
          data={[
            { value: 'all', label: t('plan.all') },
            ...actions.map((one) => ({ value: one, label: t(`action.${one as Item['action']}`) })),
          ]}
        />
      </div>
      <Loaded read={query}>
        {() =>
          shown.length === 0 ? (
            <Empty what={t('plan.noneRead')} why={hasMore ? t('plan.noneReadWhy') : undefined} />
          ) : (
            <ItemTable tenant={tenant} app={app} items={shown} />
          )
        }
      </Loaded>
      {hasMore && (
        <Button variant="subtle" onClick={more}>
          {t('plan.more', { read: number(items.length), all: number(plan.items) })}
        </Button>
      )}
    </>
  )
}

function ItemTable({
  tenant,
  app,
  items,
}: {
  readonly tenant: string
  readonly app: string
  readonly items: readonly Item[]
}) {
  const { t } = useTranslation('apps')
  const [open, setOpen] = useState<string>()
  return (
    <Scrolled label={t('plan.title')} least={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.what')}</Table.Th>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th>{t('column.because')}</Table.Th>
            <Table.Th>{t('column.requests')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Fragment key={item.resource}>
              <Table.Tr>
                <Table.Td>
                  <Status state={SHAPES[item.action]}>{t(`action.${item.action}`)}</Status>
                </Table.Td>
                <Table.Td>
                  <To
                    to={item.type === 'User' ? '/t/$tenant/people/$id/why/$app' : '/t/$tenant/groups/$id'}
                    params={{ tenant, app, id: item.resource }}
                  >
                    {item.name}
                  </To>
                </Table.Td>
                <Table.Td>{item.why}</Table.Td>
                <Table.Td>
                  {item.requests.length === 0 ? (
                    '–'
                  ) : (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-expanded={open === item.resource}
                      onClick={() => setOpen(open === item.resource ? undefined : item.resource)}
                    >
                      {item.requests.map(({ verb }) => verb).join(', ')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
              {open === item.resource && (
                <Table.Tr>
                  <Table.Td colSpan={4}>
                    <JsonView value={item.requests} label={t('column.requests')} height={260} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  )
}

/** Carries the plan out, or says what has moved since. */
function Apply({ tenant, app, plan }: AppTab & { readonly plan: Plan }) {
  const { t } = useTranslation('apps')
  const [asked, setAsked] = useState(false)
  const [changed, setChanged] = useState<number>()
  const [share, setShare] = useState<number>()
  const client = useQueryClient()
  const params = { tenant, app: app.app, plan: plan.plan }
  const ended = async (work: Work, tell: (work: Work) => void): Promise<Work> => {
    for (let now = work; ; ) {
      tell(now)
      if (now.state !== 'running') return now
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      now = await api('GET /tenants/{tenant}/apps/{app}/plan-work/{work}', {
        params: { tenant, app: app.app, work: work.work },
      })
    }
  }
  const apply = useAct('POST /tenants/{tenant}/apps/{app}/plans/{plan}/apply')
  const verb = app.mode === 'off' ? t('plan.switchOn') : t('plan.apply')
  const run = async () => {
    const begun = await apply.mutateAsync({ params, body: { leaveOut: changed !== undefined } })
    const { state, message, applied, items } = await ended(begun, (work) => setShare((100 * work.done) / work.of))
    void client.invalidateQueries()
    if (state === 'failed') throw new Hint(message ?? t('plan.failed'))
    if (applied !== false) return
    setChanged(items)
    throw new Hint(t('plan.moved', { count: items }))
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>{verb}</Button>
      <Confirm
        opened={asked}
        title={t('plan.question', { app: app.label })}
        action={changed === undefined ? verb : t('plan.applyRest')}
        danger={plan.guard.removals > 0}
        run={run}
        close={() => setAsked(false)}
      >
        <p>{t('plan.will', { count: plan.guard.removals, all: number(plan.items) })}</p>
        {share !== undefined && <Progress value={share} aria-label={t('plan.applying')} />}
      </Confirm>
    </>
  )
}
