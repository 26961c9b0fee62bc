// A field of people or groups: found and shown by name, kept by id.

import { MultiSelect } from '@mantine/core'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Resource, searchScim } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { nameOf } from './person-names.ts'
import { useSettled } from './use-settled.ts'

/** What can be chosen. */
export type Chosen = 'people' | 'groups'

/** Resources that are asked for by one filter. */
const ASKED = 50
/** What names are made of. */
const NAMES = ['displayName', 'name', 'userName']

/** The field. What is gone is shown by its id. */
export function ResourcesField({
  tenant,
  of,
  label,
  description,
  value,
  most,
  required = false,
  readOnly = false,
  onChange,
}: {
  readonly tenant: string
  readonly of: Chosen
  readonly label: string
  readonly description?: string
  /** Ids. */
  readonly value: readonly string[]
  /** Absent: any number. */
  readonly most?: number
  readonly required?: boolean
  readonly readOnly?: boolean
  readonly onChange: (ids: string[]) => void
}) {
  const { t } = useTranslation('parts')
  const [typed, setTyped] = useState('')
  const q = useSettled(typed.trim(), 150)
  const given = { params: { tenant }, query: { q, limit: 20 } }
  const asked = q !== '' && !readOnly
  const people = useApi('GET /tenants/{tenant}/people', given, { enabled: asked && of === 'people' })
  const groups = useApi('GET /tenants/{tenant}/groups', given, { enabled: asked && of === 'groups' })
  const found = of === 'people' ? people.data : groups.data
  const offered = q === '' ? [] : (found?.items ?? []).map(({ resource }) => resource as Resource)
  const known = useResources(tenant, of, value)
  const names = new Map([...known, ...offered].map((one) => [one.id, nameOf(one)]))
  const ids = [...new Set([...value, ...offered.map(({ id }) => id)])]
  // Two may have one name: then the id tells them apart.
  const isTwice = (name: string) => ids.filter((id) => names.get(id) === name).length > 1
  const labelOf = (id: string) => {
    const name = names.get(id)
    if (name === undefined) return id
    return isTwice(name) ? `${name} (${id})` : name
  }
  return (
    <MultiSelect
      label={label}
      description={description}
      data={ids.map((id) => ({ value: id, label: labelOf(id) }))}
      value={[...value]}
      {...(most === undefined ? {} : { maxValues: most })}
      required={required && value.length === 0}
      readOnly={readOnly}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // What the server has found is shown, by whatever it was found.
      filter={({ options }) => options}
      hidePickedOptions
      nothingFoundMessage={q === '' ? t('typeName') : found === undefined ? t('loading') : t('noneFound')}
      onChange={onChange}
    />
  )
}

/** People or groups by their ids, as far as they are there, with what they are called by. */
export function useResources(tenant: string, of: Chosen, ids: readonly string[]): readonly Resource[] {
  const { data = [] } = useQuery({
    queryKey: ['resources by id', tenant, of, ids],
    queryFn: ({ signal }) => resourcesOf(tenant, of, ids, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
  return ids.length === 0 ? [] : data
}

async function resourcesOf(
  tenant: string,
  of: Chosen,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const found: Resource[] = []
  for (let at = 0; at < ids.length; at += ASKED) {
    const filter = ids
      .slice(at, at + ASKED)
      .map((id) => `id eq ${JSON.stringify(id)}`)
      .join(' or ')
    const attributes = of === 'people' ? NAMES : ['displayName']
    const endpoint = of === 'people' ? '/Users' : '/Groups'
    const page = await searchScim(tenant, endpoint, { filter, attributes, count: ASKED }, signal)
    found.push(...(page.Resources ?? []))
  }
  return found
}
