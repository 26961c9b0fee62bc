// Erases a person for good: the resource, its links, and every value in the log, with a line that proves it.

import { type Context, type Directory, missing } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { LENIENT, ScimError } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { eraseEvents, hasEvents } from '../events/after/erase-events.ts'
import { removeLinks } from '../sign-in/links.ts'

/** Options of erasing. */
export interface EraseOptions {
  /** Who asked for it, for the log. Default `erase`. */
  readonly actor?: string | undefined
  /** How long to wait for handlers after the transaction (`after`) and other readers of the log to have read that the person is gone. Default 30 s. */
  readonly waitMs?: number | undefined
}

/** What was erased, and where that is written. */
export interface ErasedPerson {
  readonly tenant: string
  readonly id: string
  /** Lines of the log that have lost values. */
  readonly lines: number
  /** The line of the log that proves it: its place, time and actor. It holds the id and no value. */
  readonly proof: { readonly place: number; readonly at: number; readonly actor: string }
}

/** What erasing needs. */
export interface EraseDeps {
  readonly store: Store
  readonly directory: Directory
  readonly environment: Environment
}

/** How often readers of the log are asked how far they have come. */
const ASK_MS = 50
const WAIT_MS = 30_000
/** How long handlers are waited for that run still, of which each ends or is given up. */
const LONGEST_HANDLER_MS = 60_000

/**
 * Deletes the person, if there still, as any deletion: handlers are called, groups and links lose them. Then takes every value of them out of the
 * log. 404 where there is nothing of them. Cut short, it goes on when it is called again.
 */
export async function erase(
  { store, directory, environment }: EraseDeps,
  tenant: string,
  id: string,
  { actor = 'erase', waitMs = WAIT_MS }: EraseOptions = {},
): Promise<ErasedPerson> {
  const ref = { tenant, type: 'User', id }
  const context: Context = { tenant, actor, allow: LENIENT }
  try {
    await directory.remove(context, 'User', id)
  } catch (error) {
    // Deleted before, by whomever.
    if (!(error instanceof ScimError) || error.status !== 404) throw error
  }
  const last = (await store.tenant(tenant))?.place
  if (last === undefined) throw missing(ref)
  // Those that follow the log are given the person as it was; once erased, they would get an id alone.
  const end = environment.monotonic() + waitMs
  const waits = async () => (await isBehind(store, tenant, last)) || (await hasEvents(store, tenant, id))
  while ((await waits()) && environment.monotonic() < end) await environment.wait(ASK_MS)
  await eraseEvents({ store, environment }, tenant, id, end + LONGEST_HANDLER_MS)
  // Gone with the person already, unless something deleted them that runs no hooks.
  await removeLinks(store, tenant, id)
  const { lines } = await directory.erase(ref, actor)
  return { tenant, id, lines, proof: await proofOf(store, tenant, id) }
}

async function isBehind(store: Store, tenant: string, place: number): Promise<boolean> {
  return (await store.cursors(tenant)).some((cursor) => !cursor.paused && cursor.place < place)
}

/** The note that says so: the last one of this person. */
async function proofOf(store: Store, tenant: string, id: string): Promise<ErasedPerson['proof']> {
  const last = (await store.tenant(tenant))?.place ?? 0
  // Others write meanwhile, but not thousands of lines.
  for (let end = last, span = 100; end > 0; end -= span, span *= 2) {
    const lines = await store.changes(tenant, Math.max(0, end - span), span)
    const proof = lines.findLast(
      (line) =>
        line.op === 'note' &&
        line.id === id &&
        line.paths.some(({ path, new: verb }) => path === 'verb' && verb === 'erased'),
    )
    if (proof !== undefined) return { place: proof.place, at: proof.at, actor: proof.actor }
  }
  throw new Error(`The log has no line that ${id} was erased`)
}
