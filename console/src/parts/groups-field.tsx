// A field of groups: found and shown by name, kept by id.

import { MultiSelect } from '@mantine/core'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Resource, searchScim } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { nameOf } from './person-names.ts'
import { useSettled } from './use-settled.ts'

/** Groups that are asked for by one filter. */
const ASKED = 50

/** The field. A group that is gone is shown by its id. */
export function GroupsField({
  tenant,
  label,
  description,
  value,
  readOnly = false,
  onChange,
}: {
  readonly tenant: string
  readonly label: string
  readonly description?: string
  readonly value: readonly string[]
  readonly readOnly?: boolean
  readonly onChange: (ids: string[]) => void
}) {
  const [typed, setTyped] = useState('')
  const q = useSettled(typed.trim(), 150)
  const found = useApi(
    'GET /tenants/{tenant}/groups',
    { params: { tenant }, query: { q, limit: 20 } },
    { enabled: q !== '' && !readOnly },
  )
  const known = useGroups(tenant, value)
  const offered = q === '' ? [] : (found.data?.items ?? []).map(({ resource }) => resource as Resource)
  const names = new Map([...known, ...offered].map((group) => [group.id, nameOf(group)]))
  const ids = [...new Set([...value, ...offered.map(({ id }) => id)])]
  // Two groups may have one name: then the id tells them apart.
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
      readOnly={readOnly}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // What the server has found is shown, by whatever it was found.
      filter={({ options }) => options}
      hidePickedOptions
      onChange={onChange}
    />
  )
}

/** Groups by their ids, as far as they are there. */
export function useGroups(tenant: string, ids: readonly string[]): readonly Resource[] {
  const { data = [] } = useQuery({
    queryKey: ['groups by id', tenant, ids],
    queryFn: ({ signal }) => groupsOf(tenant, ids, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
  return ids.length === 0 ? [] : data
}

async function groupsOf(tenant: string, ids: readonly string[], signal: AbortSignal): Promise<readonly Resource[]> {
  const found: Resource[] = []
  for (let at = 0; at < ids.length; at += ASKED) {
    const filter = ids
      .slice(at, at + ASKED)
      .map((id) => `id eq ${JSON.stringify(id)}`)
      .join(' or ')
    const page = await searchScim(tenant, '/Groups', { filter, attributes: ['displayName'], count: ASKED }, signal)
    found.push(...(page.Resources ?? []))
  }
  return found
}
