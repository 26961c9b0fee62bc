// The one workload that all servers get: people, look-ups, deactivations, members; each answer is checked.

import { drive, type Sample } from '../drive.ts'
import { memoryMiB } from '../proc.ts'
import { short } from '../table.ts'
import { GROUP, personAt, USER } from '../users.ts'
import type { RunningPeer } from './peer.ts'

/** What one server did: rows by name, each figure as text, with what was wrong with the answers. */
export type Result = ReadonlyMap<string, string>

/** How much of everything. */
export interface Size {
  readonly people: number
  readonly members: number
  /** Longest time of one row, in milliseconds. */
  readonly ms: number
}

const WHOLE_MS = 300_000
/** Members in one request, where a server refuses all at once. */
const AT_ONCE = 50
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** Runs the workload against a server that holds nobody yet. */
export async function workload(peer: RunningPeer, { people, members, ms }: Size): Promise<Result> {
  const rows = new Map<string, string>()
  const { hostname, port, pathname } = new URL(peer.base)
  const text = (method: string, path: string, body?: unknown) => {
    const json = body === undefined ? '' : JSON.stringify(body)
    const content =
      body === undefined ? '' : `Content-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n`
    return `${method} ${pathname}${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${peer.token}\r\nAccept: application/scim+json\r\n${content}\r\n${json}`
  }
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(peer.base + path, {
      method,
      headers: { authorization: `Bearer ${peer.token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: parsed(await response.text()) }
  }
  const timed = async (
    name: string,
    connections: number,
    options: {
      /** Where everything must be done, whatever the time. */
      readonly whole?: boolean
      readonly next: () => string | undefined
      readonly statuses: readonly number[]
      readonly onAnswer?: (body: string) => void
    },
  ) => {
    const [sample] = await drive({
      port: Number(port),
      pid: peer.pid,
      ms: options.whole === true ? WHOLE_MS : ms,
      roles: [
        {
          name,
          connections,
          next: options.next,
          statuses: options.statuses,
          ...(options.onAnswer && { onAnswer: ({ body }) => options.onAnswer?.(body) }),
        },
      ],
    })
    rows.set(name, figure(sample as Sample))
  }
  const note = (name: string, wrong: string | undefined) => {
    if (wrong !== undefined) rows.set(name, `${rows.get(name)}; **wrong: ${wrong}**`)
  }

  rows.set('memory, empty', `${short(memoryMiB(peer.pid).rss)} MiB`)
  const ids: string[] = []
  let user = 0
  const create = (most: number) => ({
    whole: true,
    statuses: [201],
    next: () => (user < most ? text('POST', '/Users', personBody(user++)) : undefined),
    onAnswer: (body: string) => {
      const { id } = parsed(body) as { id?: string }
      if (id !== undefined) ids.push(id)
    },
  })
  await timed('create, one after the other', 1, create(Math.ceil(people / 4)))
  await timed('create, 16 at a time', 16, create(people))
  if (ids.length === 0) throw new Error('it created nobody')

  let turn = 0
  const nextId = () => ids[turn++ % ids.length] as string
  await timed('GET by id, 16 at a time', 16, { statuses: [200], next: () => text('GET', `/Users/${nextId()}`) })
  const byName = (n: number) => `/Users?filter=${encodeURIComponent(`userName eq "${personAt(n).userName}"`)}`
  await timed('`userName eq`, 16 at a time', 16, { statuses: [200], next: () => text('GET', byName(turn++ % user)) })
  const found = (await send('GET', byName(3))).body as { totalResults?: number }
  note('`userName eq`, 16 at a time', found.totalResults === 1 ? undefined : `finds ${found.totalResults} instead of 1`)

  const active = (value: boolean) => ({
    schemas: [PATCH_OP],
    Operations: [{ op: 'replace', path: 'active', value }],
  })
  turn = 0
  const deactivate = () => text('PATCH', `/Users/${nextId()}`, active(Math.floor(turn / ids.length) % 2 === 1))
  await timed('PATCH `active`, 16 at a time', 16, { statuses: [200, 204], next: deactivate })
  await send('PATCH', `/Users/${ids[0]}`, active(false))
  const off = (await send('GET', `/Users/${ids[0]}`)).body as { active?: unknown }
  note('PATCH `active`, 16 at a time', off.active === false ? undefined : `active is then ${off.active}`)

  const grouped = ids.slice(0, members)
  const outside = ids.slice(members)
  const memberPath = (id: string) => `members[value eq "${id}"]`
  const operation = (one: object) => ({ schemas: [PATCH_OP], Operations: [one] })
  let filled = await send('POST', '/Groups', groupBody('Everyone', grouped))
  if (filled.status !== 201) {
    rows.set('a group in one POST', `**refused: ${filled.status}**`)
    filled = await send('POST', '/Groups', groupBody('All', []))
    for (let from = 0; from < grouped.length; from += AT_ONCE) {
      const value = grouped.slice(from, from + AT_ONCE).map((id) => ({ value: id }))
      const path = `/Groups/${(filled.body as { id?: string }).id}`
      await send('PATCH', path, operation({ op: 'add', path: 'members', value }))
    }
  } else rows.set('a group in one POST', 'taken')
  const group = filled.body as { readonly id?: string }
  const shown = async () => {
    const { members: there } = (await send('GET', `/Groups/${group.id}`)).body as { members?: readonly unknown[] }
    return there?.length ?? 0
  }
  const size = `a group of ${members.toLocaleString('en')}`
  let member = 0
  await timed(`one member into ${size}`, 1, {
    statuses: [200, 204],
    next: () => {
      const value = outside[member++]
      return value === undefined
        ? undefined
        : text('PATCH', `/Groups/${group.id}`, operation({ op: 'add', path: 'members', value: [{ value }] }))
    },
  })
  const added = Math.min(member, outside.length)
  const then = await shown()
  note(
    `one member into ${size}`,
    then === grouped.length + added ? undefined : `shows ${then} members instead of ${grouped.length + added}`,
  )
  member = 0
  await timed(`one member out of ${size}`, 1, {
    statuses: [200, 204],
    next: () => {
      const id = outside[member++]
      return id === undefined || member > added
        ? undefined
        : text('PATCH', `/Groups/${group.id}`, operation({ op: 'remove', path: memberPath(id) }))
    },
  })
  const left = grouped.length + added - Math.min(member, added)
  const after = await shown()
  note(`one member out of ${size}`, after === left ? undefined : `shows ${after} members instead of ${left}`)
  await timed(`GET ${size}`, 1, { statuses: [200], next: () => text('GET', `/Groups/${group.id}`) })
  rows.set('memory, afterwards', `${short(memoryMiB(peer.pid).rss)} MiB`)
  return rows
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** CPU time first: it says what a request costs, whatever else the machine does. */
function figure({ cpuUs, rate, p50, wrong, requests, wrongSaid }: Sample): string {
  if (requests === 0) return 'no answer'
  const text = `${short(cpuUs)} µs (${short(rate)} /s, ${short(p50)} ms)`
  return wrong === 0 ? text : `${text}; **${wrong} of ${requests} refused: ${(wrongSaid ?? '').slice(0, 60)}**`
}

function personBody(n: number): unknown {
  const { userName, email, externalId, given, family } = personAt(n)
  return {
    schemas: [USER],
    userName,
    externalId,
    name: { givenName: given, familyName: family },
    displayName: `${given} ${family}`,
    emails: [{ value: email, type: 'work', primary: true }],
    active: true,
  }
}

function groupBody(displayName: string, ids: readonly string[]): unknown {
  return { schemas: [GROUP], displayName, members: ids.map((value) => ({ value })) }
}
