// What an app holds that it should not, and the other way round: the last sweep, and a new one.

import { Button, Progress, SegmentedControl, Table } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Progress.css'
import '@mantine/core/styles/Table.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { useAct, useApi, useList } from '../../api/use-api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Failed } from '../../parts/failed.tsx'
import { To } from '../../parts/link.tsx'
import { Empty, Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { Scrolled } from '../../parts/scrolled.tsx'
import { type State, Status } from '../../parts/status.tsx'
import { useMay } from '../../session.tsx'
import { moment, number } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'
import { IgnoreDialog, Ignored, isIgnorable } from './ignored.tsx'

type Sweep = Answer<'GET /tenants/{tenant}/apps/{app}/sweeps'>['items'][number]
type Drift = Answer<'GET /tenants/{tenant}/apps/{app}/sweeps/{sweep}/drift'>['items'][number]
type Kind = Drift['kind']

/** The classes of differences, the worst first. */
const KINDS = ['zombie', 'missing', 'drifted', 'stranger'] as const
const SHAPES: { readonly [kind in Kind]: State } = { zombie: 'fail', missing: 'warn', drifted: 'warn', stranger: 'off' }
const DONE: { readonly [done in Drift['done']]: State } = {
  reported: 'off',
  fixed: 'ok',
  asked: 'held',
  ignored: 'off',
}

export default function DriftTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const params = { tenant, app: app.app }
  const [chosen, setChosen] = useState<string>()
  const sweeps = useApi(
    'GET /tenants/{tenant}/apps/{app}/sweeps',
    { params, query: { limit: 1_000 } },
    { everyMs: 2_000 },
  )
  const begin = useAct('POST /tenants/{tenant}/apps/{app}/sweeps', { done: ({ sweep }) => setChosen(sweep) })
  const all = (sweeps.data?.items ?? []).toReversed()
  // One of a kind is made at a time: a second would be refused.
  const isUnderWay = (kind: Sweep['kind']) =>
    begin.isPending || all.some((one) => one.kind === kind && !['done', 'failed'].includes(one.phase))
  const shown = all.find(({ sweep }) => sweep === chosen) ?? all[0]
  return (
    <>
      <Panel
        title={t('drift.title')}
        actions={
          may && (
            <>
              <Button
                variant="default"
                loading={isUnderWay('light')}
                onClick={() => begin.mutate({ params, body: { kind: 'light' } })}
              >
                {t('drift.light')}
              </Button>
              <Button loading={isUnderWay('full')} onClick={() => begin.mutate({ params, body: { kind: 'full' } })}>
                {t('drift.full')}
              </Button>
            </>
          )
        }
      >
        <p>{t('drift.lead')}</p>
        {begin.error !== null && <Failed error={begin.error} />}
        <Loaded read={sweeps}>
          {() =>
            shown === undefined ? (
              <Empty what={t('drift.empty')} why={t('drift.emptyWhy')} />
            ) : (
              <>
                <p>
                  {all.slice(0, 5).map(({ sweep, started, kind }) => (
                    <Button
                      key={sweep}
                      size="compact-sm"
                      variant={sweep === shown.sweep ? 'light' : 'subtle'}
                      aria-pressed={sweep === shown.sweep}
                      onClick={() => setChosen(sweep)}
                    >
                      {moment(started)} · {t(`drift.kind.${kind}`)}
                    </Button>
                  ))}
                </p>
                <Counts sweep={shown} />
              </>
            )
          }
        </Loaded>
      </Panel>
      {shown !== undefined && <Found key={shown.sweep} tenant={tenant} app={app} sweep={shown} />}
      <Ignored tenant={tenant} app={app} />
    </>
  )
}

function Counts({ sweep: { phase, counts, reason } }: { readonly sweep: Sweep }) {
  const { t } = useTranslation('apps')
  if (phase === 'failed') return <Status state="fail">{reason ?? t('drift.failed')}</Status>
  return (
    <>
      {phase !== 'done' && (
        <>
          <p>{t('drift.running')}</p>
          <Progress value={100} animated aria-label={t('drift.running')} />
        </>
      )}
      <p className={css.states}>
        {Object.entries(counts).map(([name, count]) => (
          <Status key={name} state={count === 0 ? 'off' : (SHAPES[name as Kind] ?? 'ok')}>
            {t(`drift.count.${name as Kind}`)} {number(count)}{' '}
          </Status>
        ))}
      </p>
    </>
  )
}

/** The differences of one sweep. */
function Found({ tenant, app, sweep }: AppTab & { readonly sweep: Sweep }) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const [kind, setKind] = useState<Kind | 'all'>('all')
  const [asked, setAsked] = useState(false)
  const params = { tenant, app: app.app, sweep: sweep.sweep }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/apps/{app}/sweeps/{sweep}/drift', {
    params,
    query: { limit: 100, kind: kind === 'all' ? undefined : kind },
  })
  const fix = useAct('POST /tenants/{tenant}/apps/{app}/sweeps/{sweep}/fix')
  const count = kind === 'all' ? 0 : (sweep.counts[kind] ?? 0)
  const canFix = may && kind !== 'all' && kind !== 'stranger' && count > 0 && sweep.phase === 'done'
  return (
    <Panel
      title={t('drift.found')}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('drift.found')}
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={[
              { value: 'all', label: t('plan.all') },
              ...KINDS.map((value) => ({
                value,
                label: `${t(`drift.count.${value}`)} ${number(sweep.counts[value] ?? 0)}`,
              })),
            ]}
          />
          {canFix && (
            <Button size="xs" onClick={() => setAsked(true)}>
              {t('drift.fix', { count })}
            </Button>
          )}
        </>
      }
      flush
    >
      <Loaded read={query}>
        {() =>
          items.length === 0 ? (
            <Empty what={t('drift.none')} />
          ) : (
            <DriftTable
              tenant={tenant}
              app={app}
              items={items}
              fixing={sweep.phase !== 'done'}
              fix={({ kind: own, resource = '' }) =>
                fix.mutateAsync({ params, body: { kinds: [own as 'zombie'], of: [resource] } })
              }
            />
          )
        }
      </Loaded>
      {hasMore && (
        <Button variant="subtle" onClick={more}>
          {t('more')}
        </Button>
      )}
      <Confirm
        opened={asked}
        title={t('drift.fixQuestion')}
        action={t('drift.fix', { count })}
        danger={kind === 'zombie'}
        run={() => fix.mutateAsync({ params, body: { kinds: [kind as 'zombie'] } })}
        close={() => setAsked(false)}
      >
        <p>
          {t(`drift.fixWhat.${kind === 'all' || kind === 'stranger' ? 'drifted' : kind}`, { count, app: app.label })}
        </p>
      </Confirm>
    </Panel>
  )
}

function DriftTable({
  tenant,
  app,
  items,
  fixing,
  fix,
}: AppTab & {
  readonly items: readonly Drift[]
  /** Whether the sweep is at work: then nothing else can be asked of it. */
  readonly fixing: boolean
  readonly fix: (drift: Drift) => Promise<unknown>
}) {
  const { t } = useTranslation('apps')
  const [mending, setMending] = useState<Drift>()
  const may = useMay('apps')
  const [leaving, setLeaving] = useState<Drift>()
  return (
    <Scrolled label={t('drift.found')} least={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.class')}</Table.Th>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th>{t('column.account')}</Table.Th>
            <Table.Th>{t('column.differs')}</Table.Th>
            <Table.Th>{t('column.done')}</Table.Th>
            {may && <Table.Th>{t('drift.actions')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={`${one.kind} ${one.account} ${one.resource ?? ''}`}>
              <Table.Td>
                <Status state={SHAPES[one.kind]}>{t(`drift.count.${one.kind}`)}</Status>
              </Table.Td>
              <Table.Td>
                {one.resource === undefined ? (
                  one.name
                ) : (
                  <To
                    to={one.type === 'User' ? '/t/$tenant/people/$id' : '/t/$tenant/groups/$id'}
                    params={{ tenant, id: one.resource }}
                  >
                    {one.name}
                  </To>
                )}
              </Table.Td>
              <Table.Td>{one.account}</Table.Td>
              <Table.Td>{one.what}</Table.Td>
              <Table.Td>
                <Status state={DONE[one.done]}>{t(`drift.done.${one.done}`)}</Status>
              </Table.Td>
              {may && (
                <Table.Td>
                  {isFixable(one) && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={fixing}
                      aria-label={t('drift.fixOf', { name: one.name })}
                      onClick={() => setMending(one)}
                    >
                      {t('drift.fix', { count: 1 })}
                    </Button>
                  )}{' '}
                  {isIgnorable(one) && (
                    <Button size="compact-sm" variant="default" onClick={() => setLeaving(one)}>
                      {t('ignore.open')}
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {leaving !== undefined && (
        <IgnoreDialog tenant={tenant} app={app} drift={leaving} close={() => setLeaving(undefined)} />
      )}
      {mending !== undefined && (
        <Confirm
          opened
          title={t('drift.fixOf', { name: mending.name })}
          action={t('drift.fix', { count: 1 })}
          danger={mending.kind === 'zombie'}
          run={() => fix(mending)}
          close={() => setMending(undefined)}
        >
          <p>
            {t(`drift.fixWhat.${mending.kind === 'stranger' ? 'drifted' : mending.kind}`, { count: 1, app: app.label })}
          </p>
          <p>{t('drift.fixHow')}</p>
        </Confirm>
      )}
    </Scrolled>
  )
}

/** Whether a difference can be mended: it was left, and there is somebody here whose it is. */
function isFixable({ kind, done, resource }: Drift): boolean {
  return kind !== 'stranger' && resource !== undefined && (done === 'reported' || done === 'asked')
}
