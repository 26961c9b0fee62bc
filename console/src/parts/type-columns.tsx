// The columns of a list of resources, from the schemas of their type.

import { useTranslation } from 'react-i18next'
import type { Resource } from '../api/scim.ts'
import { moment, number, since } from '../words/figures.ts'
import type { Column } from './grid.tsx'
import { To } from './link.tsx'
import { type SchemaAttribute, type SchemaResource, valueAt } from './schemas.ts'
import type { Sorting } from './sorting.tsx'

/** One attribute that a list shows. */
export interface Shown {
  readonly path: string
  readonly label: string
  readonly type: string
}

/** Most columns besides the changed one; what there is more of, the page of a resource shows. */
const MOST = 5
/** What a resource is called by, where its schema has one of these. */
const NAMES = ['displayname', 'name', 'display', 'username', 'value', 'title']

/** What a list of a type shows: what it is called by first, then plain values in the order of the schemas. */
export function shownOf(schemas: readonly SchemaResource[]): readonly Shown[] {
  const all = schemas.flatMap(({ id, attributes, extension }) =>
    attributes
      .filter(isPlain)
      .map(({ name, type }) => ({ path: extension ? `${id}:${name}` : name, label: name, type })),
  )
  const lead = leadOf(schemas)
  const first = all.filter(({ path }) => path === lead)
  return [...first, ...all.filter(({ path }) => path !== lead)].slice(0, MOST)
}

/** The attribute that resources of a type are called by; undefined: by their id. */
export function leadOf([own]: readonly SchemaResource[]): string | undefined {
  const texts = (own?.attributes ?? []).filter((one) => isPlain(one) && one.type === 'string')
  const named = NAMES.map((name) => texts.find((one) => one.name.toLowerCase() === name)).find(
    (one) => one !== undefined,
  )
  return (named ?? texts.find(({ required }) => required === true) ?? texts[0])?.name
}

/** What a resource is called. */
export function calledBy(resource: Resource, lead: string | undefined): string {
  const value = lead === undefined ? undefined : resource[lead]
  return typeof value === 'string' && value !== '' ? value : resource.id
}

function isPlain({ type, multiValued, mutability, returned }: SchemaAttribute): boolean {
  const seen = mutability !== 'writeOnly' && returned !== 'never' && returned !== 'request'
  return seen && multiValued !== true && type !== 'complex' && type !== 'binary'
}

/** The columns. */
export function useTypeColumns(
  {
    tenant,
    type,
    shown,
    lead,
  }: {
    readonly tenant: string
    readonly type: string
    readonly shown: readonly Shown[]
    readonly lead: string | undefined
  },
  heading: Sorting['heading'],
): readonly Column<Resource>[] {
  const { t } = useTranslation('types')
  const name: Column<Resource> = {
    id: 'name',
    title: lead ?? 'id',
    width: 'minmax(180px, 2fr)',
    narrow: 'lead',
    ...heading(lead ?? 'id'),
    cell: (resource) => (
      <To to="/t/$tenant/r/$type/$id" params={{ tenant, type, id: resource.id }} tabIndex={-1}>
        {calledBy(resource, lead)}
      </To>
    ),
  }
  const others = shown.filter(({ path }) => path !== lead)
  const values = others.map(
    ({ path, label, type: of }, at): Column<Resource> => ({
      id: path,
      title: label,
      width: 'minmax(110px, 1fr)',
      narrow: at === 0 ? 'sub' : 'hidden',
      ...heading(path),
      cell: (resource) => readable(valueAt(resource, path), of, (value) => t(value ? 'yes' : 'no')),
    }),
  )
  const changed: Column<Resource> = {
    id: 'changed',
    title: t('changed'),
    width: '130px',
    narrow: 'state',
    ...heading('meta.lastModified'),
    cell: ({ meta }) => (meta?.lastModified === undefined ? '' : since(meta.lastModified)),
  }
  return [name, ...values, changed]
}

function readable(value: unknown, type: string, yesOrNo: (value: boolean) => string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return yesOrNo(value)
  if (typeof value === 'number') return number(value, 6)
  if (type === 'dateTime' && !Number.isNaN(new Date(String(value)).getTime())) return moment(String(value))
  return typeof value === 'string' ? value : JSON.stringify(value)
}
