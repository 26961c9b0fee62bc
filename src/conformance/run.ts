// Runs a check from its options to its report.

import type { Case } from './case.ts'
import { CASES, WITNESSES } from './cases.ts'
import { createJudge } from './judge.ts'
import { findLeftovers, findOwn, type Leftovers } from './leftovers.ts'
import { judgeProviders } from './needs.ts'
import type { CheckOptions } from './options.ts'
import { countVerdicts, type ProviderReport, type Report, type Result } from './report/report.ts'
import { select } from './selection.ts'
import { PREFIX, type Session, send } from './session.ts'
import type { Declared } from './subject/declared.ts'
import { meet, type ServerUnderTest, surveyServer } from './survey.ts'
import { credentials, readBase } from './target.ts'
import { createRegister, type Register } from './wire/created-register.ts'
import { createPace } from './wire/pace.ts'
import { createWitnessBook, type WitnessBook } from './witness-book.ts'

const CONCURRENCY = 4
const TIMEOUT_MS = 20_000
const NOTHING: Leftovers = { left: [], unread: [] }

/**
 * Checks a SCIM server against RFC 7643, 7644 and 9865. Creates resources of its own and removes them. Throws `CheckError`.
 * @example
 * const report = await checkServer({ url: 'https://app.example/scim/v2', token })
 */
export async function checkServer(options: CheckOptions): Promise<Report> {
  const begun = Date.now()
  const base = readBase(options.url)
  const { cases, witnesses } = select(options)
  const register = createRegister(base)
  const book = createWitnessBook(witnesses, base)
  const session = openSession(options, base, register, book)
  // What is created is removed even when the check is stopped: these requests do not listen to the signal.
  const removal: Session = {
    ...session,
    wire: { ...session.wire, signal: undefined },
    pace: createPace({ rate: options.rate, signal: undefined }),
  }
  const remove = async (owner?: string) => {
    for (const path of register.of(owner)) await send(removal, owner ?? 'end', 'DELETE', path).catch(() => undefined)
  }
  const results: Result[] = []
  const providers: ProviderReport[] = []
  const report = (result: Result) => {
    results.push(result)
    options.onResult?.(result, cases.length + witnesses.length)
  }
  let declared: Declared | undefined
  let before = NOTHING
  let after = NOTHING
  try {
    declared = await meet(session)
    before = await findLeftovers(session, declared, options.clean === true)
    const server = await surveyServer(session, declared)
    await runCases(cases, session, server, { ...options, remove, report })
    for (const result of book.results(session.prefix)) report(result)
    await judgeProviders(session, server, options.for ?? [], remove, (one) => {
      providers.push(one)
      options.onProvider?.(one)
    })
  } catch (error) {
    if (!options.signal?.aborted) throw error
  } finally {
    await remove()
    // Resources whose location no answer gave are found by their names.
    if (declared !== undefined) after = await findOwn(removal, declared)
  }
  const note = declared === undefined ? undefined : noteOn(declared)
  return {
    url: base,
    started: new Date(begun).toISOString(),
    ms: Date.now() - begun,
    requests: book.requests(),
    results: inOrder(results),
    counts: countVerdicts(results),
    providers,
    left: [...new Set([...register.of().map((path) => base + path), ...after.left])],
    leftovers: before.left,
    unread: [...new Set([...before.unread, ...after.unread])],
    ...(note === undefined ? {} : { note }),
    stopped: options.signal?.aborted === true,
  }
}

function openSession(options: CheckOptions, base: string, register: Register, book: WitnessBook): Session {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const tag = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => letters[byte % 32]).join('')
  const { signal } = options
  let made = 0
  return {
    base,
    headers: credentials(options),
    wire: { fetch: options.fetch ?? fetch, timeoutMs: options.timeoutMs ?? TIMEOUT_MS, signal },
    pace: createPace({ rate: options.rate, signal }),
    register,
    destructive: options.destructive === true,
    prefix: `${PREFIX}${tag}-`,
    number: () => ++made,
    seen: book.see,
  }
}

/** What the cases of a run share besides session and server. */
interface Running extends Pick<CheckOptions, 'concurrency' | 'signal'> {
  readonly remove: (owner: string) => Promise<void>
  readonly report: (result: Result) => void
}

/** Runs several cases at the same time, and after them, one by one, those that have to run alone. */
async function runCases(
  cases: readonly Case[],
  session: Session,
  server: ServerUnderTest,
  { concurrency = CONCURRENCY, signal, remove, report }: Running,
): Promise<void> {
  const judge = createJudge(session, server, remove)
  const run = async (one: Case) => report(await judge(one))
  await inParallel(
    cases.filter(({ alone }) => !alone),
    concurrency,
    signal,
    run,
  )
  await inParallel(
    cases.filter(({ alone }) => alone),
    1,
    signal,
    run,
  )
}

/** Results in the order of the cases, whichever ended first. */
function inOrder(results: readonly Result[]): readonly Result[] {
  const rank = new Map([...CASES, ...WITNESSES].map(({ id }, at) => [id, at]))
  return results.toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
}

/** For a connection of Lockstep that deviates on purpose: says so, and which one does not. The verdicts stay what they are. */
function noteOn({ config }: Declared): string | undefined {
  const kind = config.header('lockstep-kind')
  if (kind === undefined || !/^[a-z0-9]{1,20}$/.test(kind) || kind === 'strict' || kind === 'interop') return undefined
  return `This is a connection of Lockstep of the kind ${kind}, which accepts much that the RFCs refuse, for the sake of real clients. Check the server by a strict connection: lockstep connection create TENANT --kind strict`
}

/** Runs tasks, several at a time, in order. */
async function inParallel<T>(
  all: readonly T[],
  width: number,
  signal: AbortSignal | undefined,
  run: (one: T) => Promise<void>,
): Promise<void> {
  const left = all.values()
  const work = async () => {
    for (const one of left) {
      signal?.throwIfAborted()
      await run(one)
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: Math.max(1, width) }, work))
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
}
