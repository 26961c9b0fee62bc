// The routes of the admin API for the timeline of a resource, and for who is gone.

import { z } from 'zod'
import { fold, type JsonObject, type ResourceType, typeByName } from '../../protocol/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { documentFrom } from '../history/document.ts'
import { namesOf } from '../history/names.ts'
import { departedOf, type TimelineEntry, timelineOf } from '../history/timeline.ts'
import { lineJson } from '../log-page.ts'
import { Refused } from '../refusals.ts'
import { type Route, route } from '../route.ts'
import { PageQuery, time, Word } from '../shapes.ts'
import { ChangeBody } from './log.ts'

/** A group as a timeline names it. */
const GroupBody = z.object({ id: z.string(), display: z.string().optional().describe('Absent if it is gone') })
/** One entry of a timeline. */
export const EntryBody = z.object({
  kind: z
    .enum(['change', 'note', 'joined', 'left'])
    .describe('change: of the resource itself; joined, left: a group; note: what an administrator did'),
  place: z.int(),
  line: ChangeBody,
  group: GroupBody.optional().describe('The group that was joined or left'),
})
/** Somebody who is gone. */
const DepartedBody = z.object({
  id: z.string(),
  type: z.string(),
  userName: z.string().optional(),
  displayName: z.string().optional(),
  at: time,
  place: z.int(),
  actor: z.string(),
  document: z.record(z.string(), z.unknown()).optional().describe('The last version, if one is asked for by id'),
})

/** Most ids whose names are read at once. */
const MOST_NAMES = 100

/** How far the log has been read. */
export const builtTo = z
  .int()
  .describe('The place up to which the log has been read for this; a moment later it is the last one')

/** An entry as an answer; groups by their names. */
export function entryJson(entry: TimelineEntry, names: ReadonlyMap<string, string>) {
  const { kind, line } = entry
  const display = 'group' in entry ? names.get(entry.group) : undefined
  return {
    kind,
    place: line.place,
    line: lineJson(line, true),
    ...('group' in entry ? { group: { id: entry.group, ...(display === undefined ? {} : { display }) } } : {}),
  }
}

function textAt(document: JsonObject, name: string) {
  const value = document[name]
  return typeof value === 'string' ? { [name]: value } : {}
}

/** The routes for what was. */
export const HISTORY_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/tenants/{tenant}/resources/{type}/{id}/timeline',
    id: 'readTimeline',
    does: 'Read what happened to a resource, newest first: its changes, and the groups that it joined and left. Also of one that is gone',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      before: z.coerce.number().int().min(1).optional().describe('Only what happened before this place of the log'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    gives: {
      status: 200,
      body: z.object({
        items: z.array(EntryBody),
        next: z.int().optional().describe('Pass it as `before` to read on; absent at the end'),
        begins: z.int().describe('The first place of the log that this reaches back to'),
        builtTo,
      }),
    },
    run: async ({ params: { tenant, type, id }, query }, { tenancy, store, history }) => {
      const { name } = await tenancy.tenants.show(tenant)
      const { entries, ...rest } = await timelineOf(store, history, { tenant: name, type, id }, query)
      const groups = entries.flatMap((entry) => ('group' in entry ? [entry.group] : []))
      const names = new Map((await store.names(name, groups)).map((group) => [group.id, group.display]))
      return { items: entries.map((entry) => entryJson(entry, names)), ...rest }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/departed',
    id: 'listDeparted',
    does: 'List who is gone, the last first: by the beginning of a name, userName, e-mail address or id; with `id`, the last version, too',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      q: Word.max(200).optional(),
      id: Word.optional(),
      type: Word.default('User'),
      before: z.coerce.number().int().min(1).optional(),
      limit: PageQuery.shape.limit,
    }),
    gives: { status: 200, body: z.object({ items: z.array(DepartedBody), next: z.int().optional(), builtTo }) },
    run: async ({ params, query }, { tenancy, store, history }) => {
      const { name: tenant } = await tenancy.tenants.show(params.tenant)
      await tenancy.ready(tenant)
      const { q, id, type, before, limit } = query
      const text = q === undefined ? undefined : fold(q)
      const { items, ...rest } = await departedOf(store, history, tenant, { text, id, type, before, limit })
      const known = typeByName(tenancy.catalog(tenant), type)
      return { items: items.map(({ line }) => departedJson(line, known, id !== undefined)), ...rest }
    },
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/names',
    id: 'readNames',
    does: 'Read the names of resources by their ids, whatever their type, also of those that are gone; ids that never were are left out',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      ids: z.string().min(1).max(10_000).describe(`At most ${MOST_NAMES} ids, separated by commas`),
    }),
    gives: {
      status: 200,
      body: z.object({
        items: z.array(
          z.object({
            id: z.string(),
            type: z.string(),
            name: z.string().describe('The name that it is shown by; its id if it has none'),
            gone: z.boolean().describe('Whether it is deleted'),
          }),
        ),
      }),
    },
    run: async ({ params, query }, deps) => {
      const { name: tenant } = await deps.tenancy.tenants.show(params.tenant)
      const ids = [...new Set(query.ids.split(',').filter((id) => id !== ''))]
      if (ids.length > MOST_NAMES)
        throw new Refused(400, 'ERR_INVALID', `query.ids: ${MOST_NAMES} ids at most; these are ${ids.length}`)
      return { items: [...(await namesOf(deps, tenant, ids))] }
    },
  }),
]

function departedJson(line: Parameters<typeof lineJson>[0], type: ResourceType | undefined, whole: boolean) {
  const document = type === undefined ? {} : documentFrom(line.paths, 'old', type)
  return {
    id: line.id,
    type: line.type,
    ...textAt(document, 'userName'),
    ...textAt(document, 'displayName'),
    at: isoTime(line.at) ?? '',
    place: line.place,
    actor: line.actor,
    ...(whole ? { document } : {}),
  }
}
