// Shows what settings would make of real people and groups, before they are saved.

import { ConfigError, isObject, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import { documentOf, type Store, type Stored, type Work } from '../../store/index.ts'
import {
  type AccountType,
  type AdapterKind,
  type AppSettings,
  type CompiledApp,
  type Link,
  type MapFinding,
  type PreviewRow,
  QUEUES,
  readApp,
} from '../contract/index.ts'
import { compileMaps, mapOf } from '../map/app-maps.ts'
import { lintApp } from '../map/lint-map.ts'
import { type PreviewResource, previewMap } from '../map/preview.ts'
import { compileScope } from '../scope/compile-scope.ts'
import { noApp, refusedBy } from './app-refusal.ts'
import { mergeFields } from './merge-fields.ts'

/** What settings would come to. */
export interface AppPreview {
  /** What is wrong or questionable about maps and grants. With errors, nothing is shown of people. */
  readonly findings: readonly MapFinding[]
  /** People and groups in scope, or those that were asked for. */
  readonly rows: readonly PreviewRow[]
  /** How many were looked at to find them. */
  readonly looked: number
  /** The maps that were used: the app's own, or those that are built in. None where there are errors. */
  readonly maps: { readonly [type in AccountType]?: JsonObject }
}

/** Which people are shown. */
export interface PreviewRequest {
  /** Ids of people; without any, so many of each type that are in scope. */
  readonly users?: readonly string[] | undefined
  readonly sample?: number | undefined
}

/** What a preview reads. */
export interface PreviewDeps {
  readonly store: Pick<Store & Work, 'records' | 'items' | 'find' | 'get'>
  readonly kinds: readonly AdapterKind[]
  readonly types: (tenant: string) => Promise<readonly ResourceType[]>
}

/** People that are shown unless somebody asks for more, most that are, and most that are looked at. */
const SAMPLE = { default: 20, most: 100, looked: 2_000 }

/** What an app's settings, with a change, would make of real people and groups. Writes and sends nothing. Throws AppRefusal. */
export async function previewApp(
  deps: PreviewDeps,
  tenant: string,
  id: string,
  change: JsonObject,
  request: PreviewRequest,
): Promise<AppPreview> {
  const { store, kinds } = deps
  const types = await deps.types(tenant)
  const app = await readApp(store, tenant, id)
  if (app === undefined) throw noApp(tenant, id)
  const settings = { ...app, ...mergeFields(app, change) } as unknown as AppSettings
  const kind = kinds.find((one) => one.kind === settings.adapter)
  const scope = refused(() => {
    if (kind === undefined) throw new ConfigError('adapter', `there is no adapter ${settings.adapter}`)
    kind.check(settings)
    return compileScope(settings.scope, settings.grants, types)
  })
  const findings = kind === undefined ? [] : lintApp(settings, kind, types)
  if (findings.some(({ level }) => level === 'error')) return { findings, rows: [], looked: 0, maps: {} }
  const ready = { scope, maps: compileMaps(settings, kind, types) }
  const found = await Promise.all(
    (scope.hasGroups && request.users === undefined ? (['User', 'Group'] as const) : (['User'] as const)).map((type) =>
      sampleOf(deps, tenant, ready, {
        ...request,
        type,
        endpoint: types.find(({ name }) => name === type)?.endpoint ?? '',
      }),
    ),
  )
  const resources = found.flatMap((one) => one.resources)
  const rows = await shown(store, tenant, id, ready, resources)
  const there = (['User', 'Group'] as const).filter((type) => types.some(({ name }) => name === type))
  const maps = Object.fromEntries(there.map((type) => [type, mapOf(settings, kind, type, types).source]))
  return { findings, rows, maps, looked: found.reduce((sum, { looked }) => sum + looked, 0) }
}

type Ready = Pick<CompiledApp, 'scope' | 'maps'>
type Resource = Omit<PreviewResource, 'account'> & { readonly id: string }

/** Those who were asked for, or the first ones in scope. */
async function sampleOf(
  { store }: PreviewDeps,
  tenant: string,
  { scope }: Ready,
  {
    type,
    endpoint,
    users,
    sample = SAMPLE.default,
  }: PreviewRequest & { readonly type: AccountType; readonly endpoint: string },
): Promise<{ readonly resources: readonly Resource[]; readonly looked: number }> {
  if (users !== undefined) {
    const all = await Promise.all(
      users.slice(0, SAMPLE.most).map((id) => store.get({ tenant, type, id }, { groups: true })),
    )
    const there = all.filter((one) => one !== undefined)
    return { resources: there.map((one) => resourceOf(type, one)), looked: there.length }
  }
  const most = Math.min(sample, SAMPLE.most)
  const resources: Resource[] = []
  let looked = 0
  for (let after: { readonly id: string } | undefined; ; ) {
    const page = await store.find({
      tenant,
      types: [{ type }],
      base: '',
      endpoints: { [type]: endpoint },
      page: { after, limit: 100 },
      total: false,
      groups: true,
    })
    for (const stored of page.resources) {
      if (resources.length >= most || looked >= SAMPLE.looked) return { resources, looked }
      looked += 1
      const resource = resourceOf(type, stored)
      if (scope.decide(type, resource.document, resource.memberOf).in) resources.push(resource)
    }
    if (page.next === undefined) return { resources, looked }
    after = page.next
  }
}

function resourceOf(type: AccountType, stored: Stored): Resource {
  const memberOf = new Set((stored.groups ?? []).map(({ id }) => id))
  return { type, id: stored.id, document: documentOf(stored), memberOf }
}

/** The rows, with what accounts hold already, and references by the accounts that there are. */
async function shown(
  store: PreviewDeps['store'],
  tenant: string,
  app: string,
  ready: Ready,
  resources: readonly Resource[],
): Promise<readonly PreviewRow[]> {
  const links = new Map<string, Link>()
  const read = async (ids: readonly string[]) => {
    if (ids.length === 0) return
    for (const { key, value } of await store.items(tenant, QUEUES.links(app), { keys: ids }))
      if (isObject(value)) links.set(key, value as unknown as Link)
  }
  await read(resources.map(({ id }) => id))
  const whole = resources.map(({ id, ...resource }): PreviewResource => {
    const account = links.get(id)?.acked
    return { ...resource, ...(account === undefined ? {} : { account }) }
  })
  const accountOf = (id: string) => links.get(id)?.account
  const needed = previewMap(ready, whole, accountOf).flatMap(({ waitsFor = [] }) => waitsFor)
  await read([...new Set(needed)].slice(0, 1_000))
  return previewMap(ready, whole, accountOf)
}

function refused<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw refusedBy([{ field: error.option, message: error.message.slice(error.option.length + 2) }])
  }
}
