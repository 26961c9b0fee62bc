// Runs a check from its options to its report.

import { GROUP, isObject, type JsonObject, USER, withoutLastSlashes } from '../protocol/index.ts'
import type { Case, Witness } from './case.ts'
import { CASE_GROUPS, CASES, WITNESSES } from './cases.ts'
import { createRegister } from './created-register.ts'
import { type Declared, type DeclaredType, readDeclared } from './declared.ts'
import { NoAnswer } from './exchange.ts'
import { Blocked, Fault, NotOffered } from './fault.ts'
import type { Trying } from './least-body.ts'
import { findLeftovers, findOwn, type Leftovers } from './leftovers.ts'
import { show } from './mask.ts'
import { judgeProviders, type ProviderKind } from './needs.ts'
import { createPace } from './pace.ts'
import { createProbe, freshName, PREFIX, type ServerUnderTest, type Session, send } from './probe.ts'
import { countVerdicts, type ProviderReport, type Report, type Result, type Verdict } from './report.ts'
import { readSubject, type Subject } from './subject.ts'

/** What to check, and how. */
export interface CheckOptions {
  /** Base URL of the SCIM server, like `https://scim.example.com/scim/v2`. */
  readonly url: string
  /** A bearer token. */
  readonly token?: string
  /** `user:password`, for HTTP Basic. */
  readonly basic?: string
  /** Further headers of every request; one named `authorization` goes before token and basic. */
  readonly headers?: { readonly [name: string]: string }
  /** Only these: ids (`P-375`, `P-375/add`), beginnings of ids (`P-37`), groups (`patch`), or sections (`7644 §3.5.2`). */
  readonly only?: readonly string[]
  /** Not these; said in the same way. */
  readonly skip?: readonly string[]
  /** Identity providers whose needs are tried as well. */
  readonly for?: readonly ProviderKind[]
  /** Requests per second. Default: as fast as answers come. */
  readonly rate?: number
  /** Cases at the same time. Default 4. */
  readonly concurrency?: number
  /** Milliseconds to wait for one answer. Default 20,000. */
  readonly timeoutMs?: number
  /** Removes what earlier runs left behind before it begins. */
  readonly clean?: boolean
  /** Also sends what could destroy more than the check has made, on a server that is at fault: DELETE of an endpoint. */
  readonly destructive?: boolean
  /** Stops the check; what it made is removed all the same. */
  readonly signal?: AbortSignal
  /** Told of each result when it is there, and of how many there will be. */
  readonly onResult?: (result: Result, total: number) => void
  /** Sends the requests. Default: the global fetch. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** The server can't be checked at all: no answer, no SCIM, credentials refused. */
export class CheckError extends Error {}

const CONCURRENCY = 4
const TIMEOUT_MS = 20_000

/** Checks a SCIM server against RFC 7643, 7644 and 9865. Makes resources of its own and removes them. Throws `CheckError`. */
export async function checkServer(options: CheckOptions): Promise<Report> {
  const begun = Date.now()
  const base = readBase(options.url)
  const register = createRegister(base)
  const tag = Array.from(
    crypto.getRandomValues(new Uint8Array(6)),
    (byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32],
  ).join('')
  let requests = 0
  let made = 0
  const chosen = choose(options)
  const witnessed = new Map<Witness, Fault>()
  const counted = new Set<Witness>()
  const wire = { fetch: options.fetch ?? fetch, timeoutMs: options.timeoutMs ?? TIMEOUT_MS }
  const session: Session = {
    base,
    headers: credentials(options),
    wire: { ...wire, signal: options.signal },
    pace: createPace({ rate: options.rate, signal: options.signal }),
    register,
    destructive: options.destructive === true,
    prefix: `${PREFIX}${tag}-`,
    number: () => ++made,
    seen(exchange) {
      requests += 1
      if (!exchange.url.startsWith(base)) return
      for (const witness of chosen.witnesses) {
        if (witnessed.has(witness)) continue
        const expected = witness.see(exchange)
        if (expected === '') counted.add(witness)
        else if (expected !== undefined) witnessed.set(witness, new Fault(expected, [exchange]))
      }
    },
  }
  // What is made is removed also when the check is stopped: these requests don't listen to the signal.
  const removal: Session = {
    ...session,
    wire: { ...wire, signal: undefined },
    pace: createPace({ rate: options.rate, signal: undefined }),
  }
  const remove = async (owner?: string) => {
    for (const path of register.of(owner)) await send(removal, owner ?? 'end', 'DELETE', path).catch(() => undefined)
  }
  const results: Result[] = []
  let declared: Declared | undefined
  let before: Leftovers = { left: [], unread: [] }
  let after = before
  let note: string | undefined
  const providers: ProviderReport[] = []
  try {
    declared = await meet(session)
    note = noteOn(declared)
    before = await findLeftovers(session, declared, options.clean === true)
    const server = await surveyServer(session, declared)
    const runCase = createRunner(session, server, remove)
    const total = chosen.cases.length + chosen.witnesses.length
    const report = (result: Result) => {
      results.push(result)
      options.onResult?.(result, total)
    }
    const together = chosen.cases.filter(({ alone }) => !alone)
    await inParallel(together, options.concurrency ?? CONCURRENCY, options.signal, async (one) =>
      report(await runCase(one)),
    )
    for (const one of chosen.cases.filter(({ alone }) => alone)) {
      options.signal?.throwIfAborted()
      report(await runCase(one))
    }
    for (const witness of chosen.witnesses)
      report(judgeWitness(witness, witnessed.get(witness), counted.has(witness), session.prefix))
    await judgeProviders(session, server, options.for ?? [], remove, (one) => providers.push(one))
  } catch (error) {
    if (!options.signal?.aborted) throw error
  } finally {
    await remove()
    // What no answer told the place of is found by its name.
    if (declared !== undefined) after = await findOwn(removal, declared)
  }
  const rank = new Map([...CASES, ...WITNESSES].map(({ id }, at) => [id, at]))
  results.sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
  return {
    url: base,
    started: new Date(begun).toISOString(),
    ms: Date.now() - begun,
    requests,
    results,
    counts: countVerdicts(results),
    providers,
    left: [...new Set([...register.of().map((path) => base + path), ...after.left])],
    leftovers: before.left,
    unread: [...new Set([...before.unread, ...after.unread])],
    ...(note === undefined ? {} : { note }),
    stopped: options.signal?.aborted === true,
  }
}

/** Says of a connection of Lockstep that it bends on purpose, and which one doesn't. The verdicts stay what they are. */
function noteOn({ config }: Declared): string | undefined {
  const kind = config.header('lockstep-kind')
  if (kind === undefined || !/^[a-z0-9]{1,20}$/.test(kind) || kind === 'strict' || kind === 'interop') return undefined
  return `This is a connection of Lockstep of the kind ${kind}: it takes much that the RFCs refuse, so that clients get on with it. Check the server by a strict one: lockstep connection create TENANT --kind strict`
}

/** The base URL without a slash, query or credentials. */
function readBase(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new CheckError(
      `"${text}" is not a URL; give the base URL of the SCIM server, like https://scim.example.com/scim/v2`,
    )
  }
  if (!['http:', 'https:'].includes(url.protocol))
    throw new CheckError(`${url.protocol}// can't be asked; give an https URL`)
  if (url.username !== '' || url.password !== '')
    throw new CheckError('credentials must not stand in the URL (RFC 7644 §7.1); give them with basic or token')
  return `${url.origin}${withoutLastSlashes(url.pathname)}`
}

function credentials(options: CheckOptions): { readonly [name: string]: string } {
  const all = headersOf(options)
  for (const [name, value] of Object.entries(all)) {
    // Neither the value nor a part of it goes into the message: fetch would print it.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim()))
      throw new CheckError(
        `the ${name} header has characters that no header takes, like a line break; look at its value`,
      )
  }
  return all
}

function headersOf({ token, basic, headers = {} }: CheckOptions): { readonly [name: string]: string } {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (own.authorization !== undefined) return own
  if (token !== undefined) return { authorization: `Bearer ${token}`, ...own }
  if (basic !== undefined) {
    const bytes = new TextEncoder().encode(basic)
    return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}`, ...own }
  }
  return own
}

/** The cases and witnesses that were asked for. */
function choose({ only, skip = [], for: kinds = [] }: CheckOptions): {
  readonly cases: readonly Case[]
  readonly witnesses: readonly Witness[]
} {
  for (const word of [...(only ?? []), ...skip]) {
    if (![...CASES, ...WITNESSES].some((one) => isNamed(one, word)))
      throw new CheckError(
        `no case is called "${word}"; say an id (P-375), the beginning of one (P-37), a group (patch), or a section (7644 §3.5.2)`,
      )
  }
  const wanted = (one: Case | Witness) =>
    (only === undefined || only.some((word) => isNamed(one, word))) && !skip.some((word) => isNamed(one, word))
  const chosen = { cases: CASES.filter(wanted), witnesses: WITNESSES.filter(wanted) }
  if (chosen.cases.length + chosen.witnesses.length + kinds.length === 0)
    throw new CheckError('no case is left of what only and skip name')
  return chosen
}

function isNamed(one: Case | Witness, word: string): boolean {
  const lower = word.toLowerCase()
  if (
    CASE_GROUPS.some(
      ({ name, cases, witnesses = [] }) =>
        name === lower && ([...cases, ...witnesses] as readonly (Case | Witness)[]).includes(one),
    )
  )
    return true
  if (/^[a-z]-/i.test(word)) return one.id.toLowerCase().startsWith(lower)
  return /\d{4}/.test(word) && one.section.replaceAll(/\s/g, '').toLowerCase().includes(lower.replaceAll(/\s/g, ''))
}

/** Reads what the server says about itself; throws when it can't be checked at all. */
async function meet(session: Session): Promise<Declared> {
  let declared: Declared
  try {
    declared = await readDeclared((path) => send(session, 'start', 'GET', path))
  } catch (error) {
    if (error instanceof NoAnswer) throw new CheckError(`the server does not answer: ${error.message}`)
    throw error
  }
  const first = declared.types[0]?.endpoint ?? '/Users'
  const list = await send(session, 'start', 'GET', `${first}?count=1`)
  if (list.status === 401 || list.status === 403)
    throw new CheckError(`the server refuses the credentials: GET ${session.base}${first} was answered ${list.status}`)
  const answers = [declared.config, declared.resourceTypes, declared.schemas, list]
  if (answers.every(({ status }) => status === 401)) throw new CheckError('the server refuses the credentials')
  if (answers.every(({ status }) => status < 200 || status > 299))
    throw new CheckError(
      `There is no SCIM server at ${session.base}: ${answers.map(({ url, status }) => `${url.slice(session.base.length)} was answered ${status}`).join(', ')}; give the base URL, without /Users`,
    )
  if (answers.every(({ body }) => !isObject(body)))
    throw new CheckError(
      `There is no SCIM server at ${session.base}: none of its answers is a JSON object; give the base URL, without /Users`,
    )
  return declared
}

/** Finds out what can be created, and makes what cases are tried on. */
async function surveyServer(session: Session, declared: Declared): Promise<ServerUnderTest> {
  const trying = (type: DeclaredType): Trying => ({
    name: () => freshName(session),
    async create(body) {
      const exchange = await send(session, 'start', 'POST', type.endpoint, body)
      const id = isObject(exchange.body) ? exchange.body.id : undefined
      if (exchange.status < 200 || exchange.status > 299 || typeof id !== 'string')
        return { exchange, shown: undefined }
      const { body: shown } = await send(session, 'start', 'GET', `${type.endpoint}/${encodeURIComponent(id)}`)
      return { exchange, shown: (isObject(shown) ? shown : exchange.body) as JsonObject }
    },
  })
  const settle = async (type: DeclaredType | undefined, none: string): Promise<Subject | Error> => {
    if (type === undefined) return new NotOffered(none)
    try {
      return await readSubject(type, trying(type))
    } catch (error) {
      if (error instanceof Blocked || error instanceof NotOffered) return error
      if (error instanceof NoAnswer) return new Blocked(error.message)
      throw error
    }
  }
  const isGroup = ({ schema }: DeclaredType) => schema === GROUP
  const people = declared.types.find(({ schema }) => schema === USER) ?? declared.types.find((type) => !isGroup(type))
  const subject = await settle(people, 'the server has no resource type but groups')
  const grouping = declared.types.find(isGroup)
  // Groups that nobody advertises are not asked for: their absence is no fault.
  if (!declared.described && grouping !== undefined) {
    const there = await send(session, 'start', 'GET', `${grouping.endpoint}?count=1`)
    if (there.status !== 200) return { declared, subject, groups: new NotOffered('the server has no groups') }
  }
  return { declared, subject, groups: await settle(grouping, 'the server has no groups') }
}

/** Makes what runs one case; the cases that it needs run first, once. */
function createRunner(
  session: Session,
  server: ServerUnderTest,
  remove: (owner: string) => Promise<void>,
): (one: Case) => Promise<Result> {
  const known = new Map<string, Promise<Result>>()
  const byId = new Map(CASES.map((one) => [one.id, one]))
  const start = (one: Case): Promise<Result> => {
    const running = known.get(one.id) ?? judge(one)
    known.set(one.id, running)
    return running
  }
  async function judge(one: Case): Promise<Result> {
    const begun = Date.now()
    const told = about(one)
    const result = (verdict: Verdict, more: Partial<Result> = {}): Result => ({
      ...told,
      verdict,
      ms: Date.now() - begun,
      ...more,
    })
    for (const id of one.needs ?? []) {
      const needed = byId.get(id)
      if (needed === undefined) throw new Error(`${one.id} needs ${id}, which is no case`)
      const { verdict, reason, title } = await start(needed)
      if (verdict === 'unadvertised') return result('unadvertised', { reason: reason ?? title })
      if (verdict === 'untested') return result('untested', { reason: reason ?? title })
      if (verdict === 'must') return result('untested', { reason: `${id} failed: ${title}` })
    }
    try {
      await one.run(createProbe(session, server, one.id))
      return result('passed')
    } catch (error) {
      if (error instanceof Fault)
        return result(verdictOf(error.level ?? one.level), {
          expected: error.message,
          fix: one.fix,
          exchanges: error.exchanges.map((each) => show(each, session.prefix)),
        })
      if (error instanceof NotOffered) return result('unadvertised', { reason: error.message })
      if (error instanceof Blocked)
        return result('untested', {
          reason: error.message,
          exchanges: error.exchanges.map((each) => show(each, session.prefix)),
        })
      if (error instanceof NoAnswer) return result('untested', { reason: error.message })
      throw error
    } finally {
      await remove(one.id)
    }
  }
  return start
}

function judgeWitness(witness: Witness, fault: Fault | undefined, counted: boolean, prefix: string): Result {
  const told = { ...about(witness), ms: 0 }
  if (fault === undefined)
    return counted
      ? { ...told, verdict: 'passed' }
      : { ...told, verdict: 'untested', reason: 'no answer of this run was of the kind that this is about' }
  return {
    ...told,
    verdict: verdictOf(fault.level ?? witness.level),
    expected: fault.message,
    fix: witness.fix,
    exchanges: fault.exchanges.map((one) => show(one, prefix)),
  }
}

function about(one: Case | Witness) {
  const group = CASE_GROUPS.find(({ cases, witnesses = [] }) =>
    ([...cases, ...witnesses] as readonly (Case | Witness)[]).includes(one),
  )
  return {
    id: one.id,
    requirement: one.id.split('/', 1)[0] ?? '',
    group: group?.name ?? '',
    level: one.level,
    section: one.section,
    title: one.title,
  }
}

function verdictOf(level: Case['level']): Verdict {
  return level === 'MUST' ? 'must' : level === 'SHOULD' ? 'should' : 'differs'
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
