// All tenants: found by name, with what is in them.

import { Table, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useList } from '../api/use-api.ts'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { text, useSearchState } from '../search.ts'
import { day, number } from '../words/figures.ts'

const SEARCH = { search: text() }

export default function Tenants() {
  const { t } = useTranslation('tenants')
  const [search, change] = useSearchState(SEARCH)
  const { items, query } = useList('GET /tenants', { query: { search: search.search || undefined } })
  const find = (
    <TextInput
      value={search.search}
      onChange={(event) => change({ search: event.currentTarget.value })}
      placeholder={t('find')}
      aria-label={t('find')}
    />
  )
  return (
    <Page title={t('title')} actions={find}>
      <Panel flush label={t('title')}>
        <Loaded read={query}>
          {() =>
            items.length === 0 ? (
              <Empty what={t('empty.what')} why={search.search === '' ? t('empty.why') : t('empty.filter')} />
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('name')}</Table.Th>
                    <Table.Th ta="right">{t('people')}</Table.Th>
                    <Table.Th ta="right">{t('groups')}</Table.Th>
                    <Table.Th>{t('made')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Table.Tr key={one.tenant}>
                      <Table.Td>
                        <To to="/t/$tenant" params={{ tenant: one.tenant }}>
                          {one.tenant}
                        </To>
                      </Table.Td>
                      <Table.Td ta="right">{number(one.resources.User ?? 0)}</Table.Td>
                      <Table.Td ta="right">{number(one.resources.Group ?? 0)}</Table.Td>
                      <Table.Td>{day(one.created)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}
