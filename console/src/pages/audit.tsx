// The audit: what people, tokens and commands did here, newest first, and whether its chain holds.

import { Button, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useApi, useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { oneOf, text, useSearchState } from '../search.ts'
import { useSession } from '../session.tsx'
import { moment } from '../words/figures.ts'

const OUTCOMES = ['all', 'done', 'refused', 'failed'] as const
const SEARCH = { actor: text(), action: text(), tenant: text(), outcome: oneOf(OUTCOMES), verify: oneOf(['no', 'yes']) }
const STATES = { done: 'ok', refused: 'warn', failed: 'fail' } as const

type Line = Answer<'GET /audit'>['items'][number]

/** The page of the audit. */
export default function Audit() {
  const { t } = useTranslation('ways')
  const [search, change] = useSearchState(SEARCH)
  const ofAll = useSession().tenants === undefined
  const { actor, action, tenant, outcome } = search
  const query = {
    limit: 100,
    actor: actor || undefined,
    action: action || undefined,
    tenant: tenant || undefined,
    outcome: outcome === 'all' ? undefined : outcome,
  }
  const list = useList('GET /audit', { query: query as never })
  return (
    <Page
      title={t('audit.title')}
      actions={
        <>
          <AsCommand call={callOf('GET /audit', { query: query as never })} command="lockstep audit list" />
          {ofAll && <Button onClick={() => change({ verify: 'yes' })}>{t('audit.verify')}</Button>}
        </>
      }
    >
      {ofAll && search.verify === 'yes' && <Verdict />}
      <Panel label={t('audit.filter')}>
        <Filters search={search} change={change} />
      </Panel>
      <Panel flush title={t('audit.lines')}>
        <Loaded read={list.query}>
          {() =>
            list.items.length === 0 ? (
              <Empty what={t('audit.none')} why={t('audit.noneWhy')} />
            ) : (
              <Lines lines={list.items} />
            )
          }
        </Loaded>
      </Panel>
      {list.hasMore === true && (
        <Button variant="default" onClick={list.more}>
          {t('audit.more')}
        </Button>
      )}
    </Page>
  )
}

function Filters({
  search,
  change,
}: {
  readonly search: {
    readonly actor: string
    readonly action: string
    readonly tenant: string
    readonly outcome: string
  }
  readonly change: (own: {
    readonly actor?: string
    readonly action?: string
    readonly tenant?: string
    readonly outcome?: (typeof OUTCOMES)[number]
  }) => void
}) {
  const { t } = useTranslation('ways')
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(160px, 100%), 1fr))' }}>
      <TextInput
        label={t('audit.who')}
        value={search.actor}
        onChange={(event) => change({ actor: event.currentTarget.value })}
      />
      <TextInput
        label={t('audit.did')}
        placeholder="signIn"
        value={search.action}
        onChange={(event) => change({ action: event.currentTarget.value })}
      />
      <TextInput
        label={t('audit.tenant')}
        value={search.tenant}
        onChange={(event) => change({ tenant: event.currentTarget.value })}
      />
      <Select
        label={t('audit.outcome')}
        data={OUTCOMES.map((value) => ({ value, label: t(`audit.outcomes.${value}`) }))}
        value={search.outcome}
        onChange={(value) => change({ outcome: OUTCOMES.find((one) => one === value) ?? 'all' })}
      />
    </div>
  )
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const { t } = useTranslation('ways')
  return (
    <ShortTable
      label={t('audit.title')}
      rows={lines}
      keyOf={({ place }) => String(place)}
      columns={[
        { title: t('audit.time'), cell: ({ at }) => moment(at) },
        { title: t('audit.who'), cell: ({ name, actor }) => name ?? (actor || t('audit.nobody')) },
        { title: t('audit.by'), cell: ({ how }) => t(`how.${how}`) },
        { title: t('audit.did'), cell: ({ action }) => <Action action={action} /> },
        { title: t('audit.tenant'), cell: ({ tenant }) => tenant ?? '' },
        { title: t('audit.what'), cell: ({ object }) => object ?? '' },
        {
          title: t('audit.outcome'),
          cell: (line) => <Status state={STATES[line.outcome]}>{t(`audit.outcomes.${line.outcome}`)}</Status>,
        },
        { title: t('audit.changes'), cell: (line) => changesOf(line) },
        { title: t('audit.from'), cell: ({ address }) => <code>{address ?? ''}</code> },
      ]}
    />
  )
}

/** What was done in plain words, with the id that the filter takes; what a command did has only that. */
function Action({ action }: { readonly action: string }) {
  const { t, i18n } = useTranslation('ways')
  const key = `audit.actions.${action}`
  if (!i18n.exists(key, { ns: 'ways' })) return <code>{action}</code>
  return (
    <>
      {t(key as 'audit.actions.signIn')}
      <br />
      <code>{action}</code>
    </>
  )
}

/** What changed, in one line: *role: support → auditor*. */
function changesOf({ changes = [], reason }: Line): string {
  const parts = changes.flatMap(({ paths }) =>
    paths.flatMap(({ path, old, new: is }) =>
      path === 'verb' ? [] : [`${String(path)}: ${old === undefined ? '' : `${shown(old)} → `}${shown(is)}`],
    ),
  )
  return [...(reason === undefined ? [] : [reason]), ...parts].join(' · ').slice(0, 300)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function Verdict() {
  const { t } = useTranslation('ways')
  const verdict = useApi('GET /audit/verify', {})
  return (
    <Panel title={t('audit.chain')}>
      <Loaded read={verdict}>
        {({ lines, head, from, broken }) =>
          broken === undefined ? (
            <>
              <Status state="ok">
                {t('audit.holds', { count: lines, from: from === undefined ? '' : moment(from.at) })}
              </Status>
              {head !== undefined && (
                <p>
                  {t('audit.head', { place: head.place })} <code style={{ overflowWrap: 'anywhere' }}>{head.hash}</code>
                </p>
              )}
            </>
          ) : (
            <Status state="fail">{t('audit.broken', { place: broken.place, why: broken.why })}</Status>
          )
        }
      </Loaded>
    </Panel>
  )
}
