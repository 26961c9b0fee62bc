// Finishes a start: makes the default tenant on a first one, and prints where the server is and how to get in.

import { setTimeout as wait } from 'node:timers/promises'
import { databaseFlag, type Settings } from '../site/index.ts'
import { StoreUnavailable } from '../store/index.ts'
import { DEFAULT_TENANT, scimPath, type Tenancy } from '../tenancy/index.ts'
import { commandName } from './command-name.ts'
import type { Log } from './monitoring/log.ts'
import { hasEnded, PROCESS_NAME } from './process-name.ts'

/** The rest of a start: what is written to the database, and what is printed. */
export interface Greeting {
  /** Resolves when it is done, or given up. */
  readonly done: Promise<void>
  readonly stop: () => void
}

/** How long the first attempt may take before the server accepts requests without it. */
const PATIENCE_MS = 5_000
/** Pause after a failed attempt: twice as long each time, up to a limit. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Finishes a start, and prints what {@link greet} returns. While the database can't be written to (a standby, a cluster node that is
 * down), the server answers what it can, and this is tried again until it succeeds. Throws any other error.
 */
export async function startGreeting(
  tenancy: Tenancy,
  url: string,
  {
    print,
    log,
    settings,
    failed = () => {},
    firstLink = async () => undefined,
  }: {
    readonly print: (text: string) => void
    readonly log: Log
    readonly settings: Settings
    /** Makes the secret of a link that signs in the first owner; undefined if there is one. */
    readonly firstLink?: () => Promise<string | undefined>
    /** Receives why an attempt has failed. */
    readonly failed?: (error: unknown) => void
  },
): Promise<Greeting> {
  const stopping = new AbortController()
  const { signal } = stopping
  const self = `${PROCESS_NAME} ${++starts}`
  let waiting = true
  const attempt = async () => print(await greet(tenancy, url, { self, signal, firstLink }, settings))

  async function again(error: unknown): Promise<void> {
    let reason = error
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      failed(reason)
      log.warn({ err: reason, retryInMs: pause }, 'the start could not be finished; trying again')
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
    // While the caller waits, it gets the error itself.
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
        'Until then the server answers what the database allows, and keeps trying to finish.',
        '',
        '',
      ].join('\n'),
    )
  }
  return { done, stop: () => stopping.abort() }
}

/** One start, by a text of its own: what it has claimed in an earlier attempt is still its own. */
interface Start {
  readonly self: string
  readonly signal: AbortSignal
  readonly firstLink: () => Promise<string | undefined>
}

/** What a start prints: on the first one a token, shown only once; later on the addresses. */
async function greet(tenancy: Tenancy, url: string, start: Start, settings: Settings): Promise<string> {
  await tenancy.notePublicUrl(url)
  const command = (words: string) => `${commandName()} ${words}${databaseFlag(settings)}`
  const hasConsole = settings.console !== false
  if (!(await isMine(tenancy, start))) {
    return [
      `Lockstep is running at ${url}`,
      '',
      ...(hasConsole ? [`  Console         ${url}/console`, `  Sign in         ${command('console link')}`] : []),
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
      ...(hasConsole ? [`  Console         ${url}/console`, `  First sign-in   ${command('console link')}`] : []),
      `  SCIM base URL   ${url}${scimPath(DEFAULT_TENANT)}`,
      `  First token     ${command(`connection create ${DEFAULT_TENANT}`)}`,
      '',
      'Links and tokens are not printed here, since the output of a server is often stored; the commands above make them and show them once.',
      '',
      '',
    ].join('\n')
  }
  const { token } = await connections.create(DEFAULT_TENANT, { kind: 'generic', label: 'first start' })
  // A link to a console that is not served would lead nowhere, and use up the first one.
  const link = hasConsole ? await start.firstLink() : undefined
  await tenancy.tenants.endFirstStart()
  const base = `${url}${scimPath(DEFAULT_TENANT)}`
  return [
    `Lockstep is running at ${url}`,
    '',
    ...(link === undefined ? [] : [`  Console         ${url}/console/first#k=${link}`]),
    `  SCIM base URL   ${base}`,
    `  Bearer token    ${token}`,
    '',
    link === undefined
      ? 'The token is shown only this once; only its hash is stored. Try it:'
      : 'The token is shown only this once, and the link to the console works once, within 30 minutes; only their hashes are stored. Try it:',
    '',
    `  curl -H 'Authorization: Bearer ${token}' '${base}/Users'`,
    '',
    '',
  ].join('\n')
}

/** How often a process checks whether another one has finished the first start. */
const LOOK_MS = 200
/** Starts in this process. */
let starts = 0

/** Whether this process is to carry out the first start. If another one is, waits until it has. */
async function isMine({ tenants }: Tenancy, { self, signal }: Start): Promise<boolean> {
  while (!signal.aborted && (await tenants.isFirstStart())) {
    if (await tenants.claimFirstStart(self, hasEnded)) return true
    await wait(LOOK_MS)
  }
  return false
}

/** Whether to print the token of a first start: on a terminal a person reads it, anywhere else it may be stored for years. */
function showsToken({ firstToken }: Settings): boolean {
  return firstToken === undefined ? process.stdout.isTTY === true : firstToken === 'always'
}
