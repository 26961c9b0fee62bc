// All groups of a tenant, found by name.

import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Resource, scimCall, searchScim } from '../api/scim.ts'
import { useList } from '../api/use-api.ts'
import { usePages } from '../api/use-pages.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { FoundGrid } from '../parts/found.tsx'
import { type Column, Grid } from '../parts/grid.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Lines } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { nameOf, textAt } from '../parts/person-names.ts'
import { SORTED, type Sorting, useSorting } from '../parts/sorting.tsx'
import { useSettled } from '../parts/use-settled.ts'
import { useTenant } from '../parts/use-tenant.ts'
import { text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { since } from '../words/figures.ts'

const SEARCH = { q: text(), ...SORTED }

/** The page of groups. */
export default function Groups() {
  const { t } = useTranslation('groups')
  const tenant = useTenant()
  const mayRead = useMay('values')
  const [search, change] = useSearchState(SEARCH)
  const { q } = search
  const sorting = useSorting(tenant, search, change)
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
        <AsCommand
          call={scimCall(tenant, 'GET', '/Groups?count=100&excludedAttributes=members')}
          command={`lockstep query Group --tenant ${tenant}`}
        />
      }
    >
      <TextInput
        value={q}
        onChange={(event) => change({ q: event.currentTarget.value })}
        placeholder={t('find')}
        aria-label={t('find')}
      />
      {q === '' ? <AllGroups tenant={tenant} sorting={sorting} /> : <FoundGroups tenant={tenant} text={q} />}
    </Page>
  )
}

function useColumns(tenant: string, heading: Sorting['heading'] = () => ({})): readonly Column<Resource>[] {
  const { t } = useTranslation('groups')
  return [
    {
      id: 'name',
      title: t('name'),
      ...heading('displayName'),
      width: 'minmax(200px, 3fr)',
      narrow: 'lead',
      cell: (group) => (
        <To to="/t/$tenant/groups/$id" params={{ tenant, id: group.id }} tabIndex={-1}>
          {nameOf(group)}
        </To>
      ),
    },
    {
      id: 'externalId',
      title: 'externalId',
      ...heading('externalId'),
      width: 'minmax(120px, 2fr)',
      cell: (group) => textAt(group, 'externalId'),
    },
    {
      id: 'changed',
      title: t('changed'),
      ...heading('meta.lastModified'),
      width: '140px',
      narrow: 'state',
      cell: (group) => (group.meta?.lastModified === undefined ? '' : since(group.meta.lastModified)),
    },
  ]
}

function AllGroups({ tenant, sorting }: { readonly tenant: string; readonly sorting: Sorting }) {
  const { t } = useTranslation('groups')
  const go = useGo()
  const columns = useColumns(tenant, sorting.heading)
  const pages = usePages<Resource>(JSON.stringify([tenant, sorting.by]), async (start, count, signal) => {
    const found = await searchScim(
      tenant,
      '/Groups',
      { startIndex: start + 1, count, excludedAttributes: ['members'], ...sorting.by },
      signal,
    )
    return { rows: found.Resources ?? [], total: found.totalResults }
  })
  if (pages.error !== undefined) return <Failed error={pages.error} again={pages.again} />
  if (pages.total === undefined) return <Lines count={8} />
  if (pages.total === 0) return <Empty what={t('empty.what')} why={t('empty.why')} />
  return (
    <>
      {sorting.note(pages.total)}
      <Grid
        label={t('title')}
        columns={columns}
        count={pages.total}
        rowAt={pages.rowAt}
        keyOf={({ id }) => id}
        onOpen={({ id }) => go({ to: '/t/$tenant/groups/$id', params: { tenant, id } })}
        onRange={pages.onRange}
      />
    </>
  )
}

function FoundGroups({ tenant, text: typed }: { readonly tenant: string; readonly text: string }) {
  const { t } = useTranslation('groups')
  const go = useGo()
  const columns = useColumns(tenant)
  const q = useSettled(typed.trim(), 40)
  const list = useList(
    'GET /tenants/{tenant}/groups',
    { params: { tenant }, query: { q, limit: 50 } },
    { enabled: q !== '' },
  )
  const found = columns.map(({ cell, ...rest }) => ({
    ...rest,
    cell: ({ resource }: { readonly resource: object }) => cell(resource as Resource),
  }))
  return (
    <FoundGrid
      list={list}
      columns={found}
      words={{ title: t('title'), what: t('found.what'), why: t('found.why') }}
      open={({ id }) => go({ to: '/t/$tenant/groups/$id', params: { tenant, id } })}
    />
  )
}
