import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { databaseFlag, type Settings } from '../site/index.ts'
import { StoreUnavailable } from '../store/index.ts'
import { DEFAULT_TENANT, scimPath, type Tenancy } from '../tenancy/index.ts'
import { commandName } from './command-name.ts'
import type { Log } from './monitoring/log.ts'

/** The end of a start: what is noted in the database, and what is printed. */
export interface Greeting {
  /** Resolves when it is done, or no longer tried. */
  readonly done: Promise<void>
  readonly stop: () => void
}

/** How long the first try may take before the server takes requests without its being done. */
const PATIENCE_MS = 5_000
/** Pause after a try in vain: twice as long each time, up to a limit. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Ends a start: prints what {@link greet} gives. Where the database can't be written to (a standby, a node of a cluster that is down),
 * what it can answer is served meanwhile, and the end of the start is tried again until it succeeds. Throws what is no outage.
 */
export async function startGreeting(
  tenancy: Tenancy,
  url: string,
  {
    print,
    log,
    settings,
    failed = () => {},
  }: {
    readonly print: (text: string) => void
    readonly log: Log
    readonly settings: Settings
    /** Told why a try came to nothing. */
    readonly failed?: (error: unknown) => void
  },
): Promise<Greeting> {
  const stopping = new AbortController()
  const { signal } = stopping
  const self = `${SELF} ${++starts}`
  let waiting = true
  const attempt = async () => print(await greet(tenancy, url, { self, signal }, settings))

  async function again(error: unknown): Promise<void> {
    let reason = error
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      failed(reason)
      log.warn({ err: reason, retryInMs: pause }, 'the start could not be finished; it is tried again')
      await wait(pause, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        return await attempt()
      } catch (error) {
        reason = error
      }
    }
  }

  const first = attempt()
  const done = first.catch((error) => {
    // While it is waited for, whoever starts the server hears of it.
    if (signal.aborted || (waiting && !(error instanceof StoreUnavailable))) return
    return again(error)
  })
  let why = 'the database is slow to answer'
  const finished = await Promise.race([first.then(() => true), wait(PATIENCE_MS, false, { ref: false })]).catch(
    (error) => {
      if (!(error instanceof StoreUnavailable)) throw error
      why = error.message
      return false
    },
  )
  waiting = false
  if (!finished) {
    print(
      [
        `Lockstep is running at ${url}`,
        '',
        `Its start is not finished: ${why}.`,
        'What the database can answer is served meanwhile, and the rest is tried again until it succeeds.',
        '',
        '',
      ].join('\n'),
    )
  }
  return { done, stop: () => stopping.abort() }
}

/** One start, by a text that tells it from all others: what it has claimed before, in vain, is its own still. */
interface Start {
  readonly self: string
  readonly signal: AbortSignal
}

/** What a start prints: on the first one a way in, shown only once; later where things are. */
async function greet(tenancy: Tenancy, url: string, start: Start, settings: Settings): Promise<string> {
  await tenancy.notePublicUrl(url)
  const command = (words: string) => `${commandName()} ${words}${databaseFlag(settings)}`
  if (!(await isMine(tenancy, start))) {
    return [
      `Lockstep is running at ${url}`,
      '',
      `  SCIM base URL   ${url}${scimPath('{tenant}')}`,
      `  New token       ${command('connection create TENANT')}`,
      `  Tenants         ${command('tenant list')}`,
      '',
      '',
    ].join('\n')
  }
  const { tenants, connections } = tenancy.as('first start')
  await tenants.createDefault()
  if (!showsToken(settings)) {
    await tenancy.tenants.endFirstStart()
    return [
      `Lockstep is running at ${url}`,
      '',
      `  SCIM base URL   ${url}${scimPath(DEFAULT_TENANT)}`,
      `  First token     ${command(`connection create ${DEFAULT_TENANT}`)}`,
      '',
      'The token is not printed here, since what a server prints is often kept; the command above makes it and shows it once.',
      '',
      '',
    ].join('\n')
  }
  const { token } = await connections.create(DEFAULT_TENANT, { kind: 'generic', label: 'first start' })
  await tenancy.tenants.endFirstStart()
  const base = `${url}${scimPath(DEFAULT_TENANT)}`
  return [
    `Lockstep is running at ${url}`,
    '',
    `  SCIM base URL   ${base}`,
    `  Bearer token    ${token}`,
    '',
    'The token is shown this once and kept only as a hash. Try it:',
    '',
    `  curl -H 'Authorization: Bearer ${token}' '${base}/Users'`,
    '',
    '',
  ].join('\n')
}

/** How often a process looks whether another one is done with the first start. */
const LOOK_MS = 200
/** This very process: a later one may have its number. */
const SELF = `${hostname()} ${process.pid} ${Math.round(performance.timeOrigin)}`
/** Starts in this process. */
let starts = 0

/** Whether the first start is this process's to carry out; when it is another one's, waits until that is done. */
async function isMine({ tenants }: Tenancy, { self, signal }: Start): Promise<boolean> {
  while (!signal.aborted && (await tenants.isFirstStart())) {
    if (await tenants.claimFirstStart(self, (by) => by === self || isGone(by))) return true
    await wait(LOOK_MS)
  }
  return false
}

/** Whether the process that such a text names is known to have ended. */
function isGone(by: string): boolean {
  const [host, pid] = by.split(' ')
  if (by.startsWith(`${SELF} `) || host !== hostname()) return false
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Whether the token of a first start is printed: on a terminal a person reads it, anywhere else it may be kept for years. */
function showsToken({ firstToken }: Settings): boolean {
  return firstToken === undefined ? process.stdout.isTTY === true : firstToken === 'always'
}
