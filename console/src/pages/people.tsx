// All people of a tenant: found as one types, by filter, and those who are gone.

import { SegmentedControl, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Resource, scimCall, searchScim } from '../api/scim.ts'
import { usePages } from '../api/use-pages.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import { Departed } from '../parts/departed.tsx'
import { Failed } from '../parts/failed.tsx'
import { FilterBox } from '../parts/filter-field.tsx'
import { FoundPeople } from '../parts/found.tsx'
import { Grid } from '../parts/grid.tsx'
import { useGo } from '../parts/link.tsx'
import { Empty, Lines } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { PeopleActions } from '../parts/people-actions.tsx'
import { usePeopleColumns } from '../parts/people-columns.tsx'
import { SORTED, type Sorting, useSorting } from '../parts/sorting.tsx'
import { useTenant } from '../parts/use-tenant.ts'
import { oneOf, text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { number } from '../words/figures.ts'

const SEARCH = { q: text(), filter: text(), view: oneOf(['find', 'filter', 'departed']), ...SORTED }
const SHOWN = [
  'id',
  'userName',
  'displayName',
  'name',
  'title',
  'active',
  'meta',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
]

/** The page of people. */
export default function People() {
  const { t } = useTranslation('people')
  const tenant = useTenant()
  const mayRead = useMay('values')
  const [search, change] = useSearchState(SEARCH)
  const { view, q, filter } = search
  const sorting = useSorting(tenant, search, change)
  const call =
    view === 'departed'
      ? { method: 'GET', path: `tenants/${tenant}/departed?q=${encodeURIComponent(q)}` }
      : scimCall(tenant, 'GET', `/Users?count=100${filter === '' ? '' : `&filter=${encodeURIComponent(filter)}`}`)
  if (!mayRead)
    return (
      <Page title={t('title')}>
        <Empty what={t('noValues.what')} why={t('noValues.why')} />
      </Page>
    )
  return (
    <Page
      fill
      title={t('title')}
      actions={
        <>
          <SegmentedControl
            aria-label={t('view.label')}
            value={view}
            onChange={(next) => change({ view: SEARCH.view.read(next) })}
            data={(['find', 'filter', 'departed'] as const).map((value) => ({ value, label: t(`view.${value}`) }))}
          />
          <AsCommand
            call={call}
            command={
              view === 'departed'
                ? undefined
                : `lockstep query User${view === 'filter' && filter !== '' ? ` --filter ${quoted(filter)}` : ''} --tenant ${tenant}`
            }
          />
        </>
      }
    >
      {view === 'filter' ? (
        <FilterBox
          label={t('filter')}
          placeholder='userName sw "b" and active eq true'
          value={filter}
          onChange={(next) => change({ filter: next })}
        />
      ) : (
        <TextInput
          value={q}
          onChange={(event) => change({ q: event.currentTarget.value })}
          placeholder={t(view === 'departed' ? 'findDeparted' : 'find')}
          aria-label={t(view === 'departed' ? 'findDeparted' : 'find')}
        />
      )}
      {view === 'departed' ? (
        <Departed tenant={tenant} text={q} />
      ) : view === 'find' && q !== '' ? (
        <FoundPeople tenant={tenant} text={q} />
      ) : (
        <AllPeople tenant={tenant} filter={view === 'filter' ? filter : ''} sorting={sorting} />
      )}
    </Page>
  )
}

function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}

function AllPeople({
  tenant,
  filter,
  sorting,
}: {
  readonly tenant: string
  readonly filter: string
  readonly sorting: Sorting
}) {
  const { t } = useTranslation('people')
  const go = useGo()
  const mayEdit = useMay('edit')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const selection = useMemo(
    () => ({ selected, toggle: (id: string) => setSelected(toggled(selected, id)) }),
    [selected],
  )
  const columns = usePeopleColumns(tenant, mayEdit ? selection : undefined, sorting.heading)
  const pages = usePages<Resource>(JSON.stringify([tenant, filter, sorting.by]), async (start, count, signal) => {
    const search = {
      startIndex: start + 1,
      count,
      attributes: SHOWN,
      ...(filter === '' ? {} : { filter }),
      ...sorting.by,
    }
    const found = await searchScim(tenant, '/Users', search, signal)
    return { rows: found.Resources ?? [], total: found.totalResults }
  })
  if (pages.error !== undefined) return <Failed error={pages.error} again={pages.again} />
  if (pages.total === undefined) return <Lines count={8} />
  if (pages.total === 0)
    return <Empty what={t('empty.what')} why={filter === '' ? t('empty.why') : t('empty.filter')} />
  return (
    <>
      <PeopleActions
        tenant={tenant}
        ids={[...selected]}
        clear={() => setSelected(new Set())}
        done={pages.again}
        total={t('total', { count: pages.total, shown: number(pages.total) })}
      />
      {sorting.note(pages.total)}
      <Grid
        label={t('title')}
        columns={columns}
        count={pages.total}
        rowAt={pages.rowAt}
        keyOf={({ id }) => id}
        onOpen={({ id }) => go({ to: '/t/$tenant/people/$id', params: { tenant, id } })}
        onRange={pages.onRange}
        selected={selected}
        onSelect={setSelected}
      />
    </>
  )
}
