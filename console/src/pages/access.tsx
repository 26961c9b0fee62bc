// Who may do what: people by apps, each cell with the rule that gives it; exceptions; and any moment in the past.

import { Button, Popover, Select, Switch, TextInput } from '@mantine/core'
import '@mantine/core/styles/Switch.css'
import { useParams } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { flag, text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { accessCsv, isException, type Person, peopleOf } from './apps/access-rows.ts'
import { useAppNames } from './apps/app-names.ts'
import css from './apps/apps.module.css'

type Row = Answer<'GET /tenants/{tenant}/access'>['items'][number]

const SEARCH = { app: text(), at: text(), exceptions: flag() }

export default function Access() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const mayApprove = useMay('approve')
  const [search, change] = useSearchState(SEARCH)
  const at = search.at === '' ? undefined : new Date(`${search.at}:00Z`).toISOString()
  const given = { params: { tenant }, query: { app: search.app || undefined, at, limit: 100 } }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/access', given)
  const labels = useAppNames(tenant)
  const people = useMemo(() => peopleOf(items, search.exceptions), [items, search.exceptions])
  const doubts = [
    ...new Set((query.data?.pages ?? []).flatMap((page) => (page as { doubts?: readonly string[] }).doubts ?? [])),
  ]
  return (
    <Page
      title={t('access.title')}
      lead={<span className={css.quiet}>{t('access.lead')}</span>}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<Download size={14} />}
            onClick={() => saveFile(accessCsv(items), 'access.csv', 'text/csv')}
          >
            {t('access.export')}
          </Button>
          {mayApprove && (
            <To
              to="/t/$tenant/reviews"
              params={{ tenant }}
              search={{
                start: 'true',
                app: search.app || undefined,
                at: search.at || undefined,
                exceptions: search.exceptions ? 'true' : undefined,
              }}
            >
              {t('access.review')}
            </To>
          )}
          <AsCommand
            call={callOf('GET /tenants/{tenant}/access', given)}
            command={
              search.app === ''
                ? undefined
                : `lockstep access ${search.app} --as app${at === undefined ? '' : ` --at ${at}`} --tenant ${tenant}`
            }
          />
        </>
      }
    >
      <div className={css.filters}>
        <Select
          label={t('access.app')}
          placeholder={t('access.allApps')}
          clearable
          value={search.app || null}
          data={[...labels].map(([value, label]) => ({ value, label }))}
          onChange={(app) => change({ app: app ?? '' })}
        />
        <TextInput
          type="datetime-local"
          label={t('access.at')}
          value={search.at}
          onChange={(event) => change({ at: event.currentTarget.value })}
        />
        <Switch
          label={t('access.exceptions')}
          checked={search.exceptions}
          onChange={(event) => change({ exceptions: event.currentTarget.checked })}
        />
      </div>
      {doubts.map((doubt) => (
        <Status key={doubt} state="warn">
          {doubt}
        </Status>
      ))}
      <Loaded read={query} lines={8}>
        {() =>
          people.length === 0 ? (
            <Empty
              what={search.exceptions ? t('access.noExceptions') : t('access.empty')}
              why={hasMore ? t('access.moreToRead') : t('access.emptyWhy')}
            />
          ) : search.app !== '' ? (
            <OfApp tenant={tenant} people={people} app={search.app} label={labels.get(search.app) ?? search.app} />
          ) : (
            <Matrix
              tenant={tenant}
              people={people}
              labels={labels}
              isPast={at !== undefined}
              kept={{ at: search.at || undefined, exceptions: search.exceptions ? 'true' : undefined }}
            />
          )
        }
      </Loaded>
      {hasMore && (
        <Button variant="default" onClick={more}>
          {t('access.readOn')}
        </Button>
      )}
    </Page>
  )
}

/** People down, apps across. Both headings stay in sight. */
function Matrix({
  tenant,
  people,
  labels,
  isPast,
  kept,
}: {
  readonly tenant: string
  readonly people: readonly Person[]
  readonly labels: ReadonlyMap<string, string>
  readonly isPast: boolean
  /** What stays chosen while one app is opened. */
  readonly kept: { readonly [name: string]: string | undefined }
}) {
  const { t } = useTranslation('apps')
  const apps = [...new Set(people.flatMap(({ apps }) => [...apps.keys()]))].sort()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className={css.matrix} aria-label={t('access.title')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('column.who')}</th>
            {apps.map((app) => (
              <th key={app} scope="col">
                <To to="/t/$tenant/access" params={{ tenant }} search={{ ...kept, app }}>
                  {labels.get(app) ?? app}
                </To>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.user}>
              <th scope="row">
                <To to="/t/$tenant/people/$id" params={{ tenant, id: person.user }}>
                  {person.name}
                </To>
              </th>
              {apps.map((app) => (
                <Cell key={app} tenant={tenant} person={person} app={app} isPast={isPast} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** One app: who has which role there, and the rule that gives it. */
function OfApp({
  tenant,
  people,
  app,
  label,
}: {
  readonly tenant: string
  readonly people: readonly Person[]
  readonly app: string
  readonly label: string
}) {
  const { t } = useTranslation('apps')
  const rows = people.flatMap(({ user, name, apps }) => (apps.get(app) ?? []).map((row) => ({ user, name, row })))
  return (
    <Panel
      title={label}
      flush
      actions={
        <To to="/t/$tenant/apps/$app" params={{ tenant, app }}>
          {t('access.toApp')}
        </To>
      }
    >
      <ShortTable
        label={label}
        rows={rows}
        keyOf={({ user, row }) => `${user} ${row.kind} ${row.value}`}
        columns={[
          {
            title: t('column.who'),
            cell: ({ user, name }) => (
              <To to="/t/$tenant/people/$id" params={{ tenant, id: user }}>
                {name}
              </To>
            ),
          },
          { title: t('column.what'), cell: ({ row }) => `${row.value} · ${t(`access.kind.${row.kind}`)}` },
          {
            title: t('column.because'),
            cell: ({ row }) =>
              isException(row) ? (
                <Status state="warn">
                  {row.through}
                  {row.confirmed === false ? ` · ${t('access.notConfirmed')}` : ''}
                </Status>
              ) : (
                row.through
              ),
          },
          {
            title: t('why'),
            cell: ({ user, name }) => (
              <To
                to="/t/$tenant/people/$id/why/$app"
                params={{ tenant, id: user, app }}
                aria-label={`${t('why')} ${name}`}
              >
                {t('why')}
              </To>
            ),
          },
        ]}
      />
    </Panel>
  )
}

/** What one person has in one app: an account with its roles, and because of which rules. */
function Cell({
  tenant,
  person,
  app,
  isPast,
}: {
  readonly tenant: string
  readonly person: Person
  readonly app: string
  readonly isPast: boolean
}) {
  const { t } = useTranslation('apps')
  const [open, setOpen] = useState(false)
  const rows = person.apps.get(app) ?? []
  if (rows.length === 0) return <td />
  const roles = rows.filter(({ kind }) => kind !== 'account')
  const odd = rows.some(isException)
  const text = roles.length === 0 ? t('access.account') : roles.map(({ value }) => value).join(', ')
  return (
    <td className={odd ? css.exception : undefined}>
      <Popover opened={open} onChange={setOpen} width={320} position="bottom-start" trapFocus withRoles>
        <Popover.Target>
          <button type="button" className={css.cell} onClick={() => setOpen(!open)}>
            {isPast ? text : <Status state={odd ? 'warn' : 'ok'}>{text}</Status>}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`${person.name}, ${app}`}>
          <ul className={css.clauses}>
            {rows.map((row) => (
              <li key={`${row.kind} ${row.value}`}>
                <strong>{row.value}</strong> · {t(`access.kind.${row.kind}`)}
                <br />
                {row.through}
                {row.confirmed === false && ` · ${t('access.notConfirmed')}`}
              </li>
            ))}
          </ul>
          {!isPast && (
            <To to="/t/$tenant/people/$id/why/$app" params={{ tenant, id: person.user, app }}>
              {t('why')}
            </To>
          )}
        </Popover.Dropdown>
      </Popover>
    </td>
  )
}

export type { Row }
