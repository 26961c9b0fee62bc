// All resources of a type that has no page of its own: filtered, sorted, with the columns that its schema gives.

import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Resource, scimCall, searchScim, useScim } from '../api/scim.ts'
import { usePages } from '../api/use-pages.ts'
import { AsCommand } from '../parts/as-command.tsx'
import css from '../parts/directory.module.css'
import { Failed } from '../parts/failed.tsx'
import { FilterBox } from '../parts/filter-field.tsx'
import { Grid } from '../parts/grid.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Lines, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { type SchemaList, schemasOf } from '../parts/schemas.ts'
import { SORTED, useSorting } from '../parts/sorting.tsx'
import { leadOf, shownOf, useTypeColumns } from '../parts/type-columns.tsx'
import { type ResourceType, urnsOf, useTypes } from '../parts/types.ts'
import { useParam, useTenant } from '../parts/use-tenant.ts'
import { text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { number } from '../words/figures.ts'

const SEARCH = { filter: text(), ...SORTED }

/** The page of the resources of a type. */
export default function Resources() {
  const { t } = useTranslation('types')
  const tenant = useTenant()
  const name = useParam('type')
  const mayRead = useMay('values')
  const types = useTypes(tenant)
  const schemas = useScim<SchemaList>(tenant, '/Schemas')
  const type = types.data?.items.find((one) => one.name === name)
  if (!mayRead)
    return (
      <Page title={name}>
        <Empty what={t('noValues.what', { type: name })} why={t('noValues.why')} />
      </Page>
    )
  if (type === undefined || schemas.data === undefined)
    return (
      <Page title={name}>
        <Loaded read={types} lines={8}>
          {() =>
            type === undefined ? (
              <Empty what={t('noType.what', { type: name })} why={t('noType.why')} />
            ) : (
              <Loaded read={schemas} lines={8}>
                {() => null}
              </Loaded>
            )
          }
        </Loaded>
      </Page>
    )
  return <List key={name} tenant={tenant} type={type} schemas={schemas.data} />
}

function List({
  tenant,
  type,
  schemas,
}: {
  readonly tenant: string
  readonly type: ResourceType
  readonly schemas: SchemaList
}) {
  const { t } = useTranslation('types')
  const go = useGo()
  const mayEdit = useMay('edit')
  const [search, change] = useSearchState(SEARCH)
  const { filter } = search
  const { name, endpoint } = type
  const sorting = useSorting(tenant, search, change)
  const used = schemasOf(schemas, urnsOf(type))
  const lead = leadOf(used)
  const shown = shownOf(used)
  const columns = useTypeColumns({ tenant, type: name, shown, lead }, sorting.heading)
  const pages = usePages<Resource>(JSON.stringify([tenant, name, filter, sorting.by]), async (start, count, signal) => {
    const attributes = ['id', 'meta', ...shown.map(({ path }) => path)]
    const asked = { startIndex: start + 1, count, attributes, ...(filter === '' ? {} : { filter }), ...sorting.by }
    const found = await searchScim(tenant, endpoint, asked, signal)
    return { rows: found.Resources ?? [], total: found.totalResults }
  })
  const { total, error } = pages
  const query = filter === '' ? '' : `&filter=${encodeURIComponent(filter)}`
  return (
    <Page
      fill
      title={name}
      lead={
        <To to="/t/$tenant/types/$type" params={{ tenant, type: name }} className={css.link}>
          {t('shape')}
        </To>
      }
      actions={
        <>
          {mayEdit && (
            <Button
              leftSection={<Plus size={14} />}
              onClick={() => go({ to: '/t/$tenant/r/$type/$id', params: { tenant, type: name, id: 'new' } })}
            >
              {t('new')}
            </Button>
          )}
          <AsCommand
            call={scimCall(tenant, 'GET', `${endpoint}?count=100${query}`)}
            command={`lockstep query ${name} --tenant ${tenant}`}
          />
        </>
      }
    >
      <FilterBox
        label={t('filter')}
        placeholder={`${lead ?? 'id'} sw "b"`}
        value={filter}
        onChange={(next) => change({ filter: next })}
      />
      {error !== undefined ? (
        <Failed error={error} again={pages.again} />
      ) : total === undefined ? (
        <Lines count={8} />
      ) : total === 0 ? (
        <Empty what={t('empty.what', { type: name })} why={t(filter === '' ? 'empty.why' : 'empty.filter')} />
      ) : (
        <>
          {sorting.note(total) || (
            <p className={css.source} role="status">
              {t('total', { count: total, shown: number(total) })}
            </p>
          )}
          <Grid
            label={name}
            columns={columns}
            count={total}
            rowAt={pages.rowAt}
            keyOf={({ id }) => id}
            onOpen={({ id }) => go({ to: '/t/$tenant/r/$type/$id', params: { tenant, type: name, id } })}
            onRange={pages.onRange}
          />
        </>
      )}
    </Page>
  )
}
