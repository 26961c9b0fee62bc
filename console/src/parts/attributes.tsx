// The attributes of a resource by schema, each with who set it last and when.

import { useTranslation } from 'react-i18next'
import { type Resource, useScim } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { since } from '../words/figures.ts'
import css from './directory.module.css'
import { Loaded } from './loaded.tsx'
import { Facts, Panel } from './page.tsx'
import type { SchemaAttribute, SchemaList, SchemaResource } from './schemas.ts'
import { schemasOf, urnsIn } from './schemas.ts'

/** The attributes that a resource has. */
export function Attributes({
  tenant,
  type,
  resource,
  urns,
}: {
  readonly tenant: string
  readonly type: string
  readonly resource: Resource
  /** The schemas that it may use, its own first. Absent: those that it uses. */
  readonly urns?: readonly string[]
}) {
  const schemas = useScim<SchemaList>(tenant, '/Schemas')
  const params = { tenant, type, id: resource.id }
  const story = useApi('GET /tenants/{tenant}/resources/{type}/{id}/timeline', { params, query: { limit: 200 } })
  const sources = new Map<string, { readonly actor: string; readonly at: string }>()
  for (const { kind, line } of story.data?.items ?? []) {
    if (kind !== 'change') continue
    for (const { path } of line.paths) if (!sources.has(path)) sources.set(path, line)
  }
  return (
    <Loaded read={schemas} lines={6}>
      {(list) =>
        schemasOf(list, urns ?? urnsIn(list, resource)).map((schema) => (
          <OfSchema key={schema.id} schema={schema} resource={resource} sources={sources} />
        ))
      }
    </Loaded>
  )
}

type Sources = ReadonlyMap<string, { readonly actor: string; readonly at: string }>

function OfSchema({
  schema,
  resource,
  sources,
}: {
  readonly schema: SchemaResource
  readonly resource: Resource
  readonly sources: Sources
}) {
  const { t } = useTranslation('people')
  const isCore = !schema.extension
  const own = (isCore ? resource : (resource[schema.id] ?? {})) as { readonly [name: string]: unknown }
  const prefix = isCore ? '' : `${schema.id}:`
  const facts = [...(isCore ? [{ name: 'externalId', type: 'string' } as SchemaAttribute] : []), ...schema.attributes]
    .filter(({ name }) => own[name] !== undefined && name !== 'groups' && name !== 'members')
    .map((attribute) => {
      const source = sourceOf(sources, prefix + attribute.name)
      return [
        attribute.name,
        <span key={attribute.name}>
          <Value value={own[attribute.name]} />
          {source !== undefined && (
            <span className={css.source}>{t('setBy', { actor: source.actor, since: since(source.at) })}</span>
          )}
        </span>,
      ] as const
    })
  if (facts.length === 0) return null
  return (
    <Panel title={schema.name}>
      <Facts facts={facts} />
    </Panel>
  )
}

function sourceOf(sources: Sources, path: string) {
  const direct = sources.get(path)
  if (direct !== undefined) return direct
  for (const [known, source] of sources) if (known.startsWith(`${path}.`)) return source
  return undefined
}

/** A value as one reads it. */
function Value({ value }: { readonly value: unknown }) {
  if (Array.isArray(value)) return value.map((one, at) => <Value key={`${at} ${JSON.stringify(one)}`} value={one} />)
  if (typeof value === 'object' && value !== null) {
    const { value: own, type, primary, $ref: _ref, ...rest } = value as { readonly [name: string]: unknown }
    const parts = [
      type,
      own,
      primary === true ? '★' : undefined,
      ...Object.entries(rest).map(([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`),
    ]
    return <span className={css.value}>{parts.filter((one) => one !== undefined).join(' · ')}</span>
  }
  return <span className={css.value}>{String(value)}</span>
}
