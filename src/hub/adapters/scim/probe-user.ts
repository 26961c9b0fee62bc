// Probes what an app does with an account: made, found, changed, switched off and on, removed.

import { pathOf, readPage } from '../../../client/index.ts'
import {
  type Document,
  isObject,
  type Json,
  type JsonObject,
  type Normaliser,
  PATCH_OP,
  schemasFor,
} from '../../../protocol/index.ts'
import { placeOf, valueAt } from './place.ts'
import { PROBE_PREFIX, type ProbeSession } from './probe-session.ts'
import { inDialect } from './requests.ts'

/** The account that a probe has made. */
export interface ProbedUser {
  readonly id: string
  readonly path: string
  /** As it was sent. */
  readonly sent: Document
}

/** The name in upper and lower case, with a dot, so that it is seen how the app writes names. */
function someone(probe: ProbeSession): Document {
  const name = `LsP.${probe.marker}`
  return probe.forms.User.asTaken({
    userName: name,
    externalId: `${PROBE_PREFIX}${probe.marker}`,
    displayName: 'Lockstep Probe',
    name: { givenName: 'Lockstep', familyName: 'Probe' },
    emails: [{ value: `${name.toLowerCase()}@${probe.domain}`, type: 'work', primary: true }],
    title: 'Probe',
    active: true,
  })
}

/** Makes the account, finds it again, and tries to make another one of that name. Undefined when none could be made. */
export async function probeCreate(probe: ProbeSession): Promise<ProbedUser | undefined> {
  const form = probe.forms.User
  const sent = someone(probe)
  const body = inDialect({ schemas: schemasFor(sent, form.type), ...sent }, probe.profile)
  const outcome = await probe.ask({ method: 'POST', path: form.endpoint, body })
  const made = outcome.ok && outcome.answer.body !== undefined ? form.read(outcome.answer.body) : undefined
  if (made === undefined) {
    probe.notes.push(outcome.ok ? 'the answer to POST has no id' : `no account could be made: ${outcome.error.message}`)
    return undefined
  }
  const user = { id: made.id, path: pathOf(form.endpoint, made.id), sent }
  probe.made.add(user.path)
  if (made.id === sent.externalId)
    probe.find('user.idFrom', 'externalId', 'the id of the new account is its externalId')
  await seeKept(probe, user)
  await seeFilters(probe, user)
  await seeTwin(probe, body)
  return user
}

/** The account as a read shows it; undefined when the app says that there is none. */
export async function look(probe: ProbeSession, { path }: ProbedUser): Promise<Document | undefined> {
  const outcome = await probe.ask({ method: 'GET', path })
  const { body } = outcome.ok ? outcome.answer : {}
  return body === undefined ? undefined : probe.forms.User.read(body)?.document
}

/** What of the account the app keeps, and how it writes it. */
async function seeKept(probe: ProbeSession, user: ProbedUser): Promise<void> {
  const shown = await look(probe, user)
  if (shown === undefined) {
    probe.notes.push('the new account could not be read')
    return
  }
  const lost = Object.keys(user.sent).filter((name) => name !== 'schemas' && shown[name] === undefined)
  if (lost.length > 0) {
    const drop = [...new Set([...probe.profile.user.drop, ...lost])]
    probe.find('user.drop', drop, `a read does not show ${lost.join(', ')}`)
  }
  const written = String(user.sent.userName)
  const read = shown.userName
  if (typeof read !== 'string' || read === written) return
  const how = (['lower', 'slug'] as const satisfies readonly Normaliser[]).find((each) =>
    each === 'lower' ? read === written.toLowerCase() : read === written.toLowerCase().replaceAll('.', '-'),
  )
  if (how !== undefined) probe.find('user.normalise.userName', how, `${written} is read as ${read}`)
  else probe.notes.push(`the userName ${written} is read as ${read}`)
}

/** Attributes that the account is found by. */
async function seeFilters(probe: ProbeSession, { id, sent }: ProbedUser): Promise<void> {
  const found: string[] = []
  const { type, endpoint, normalised } = probe.forms.User
  for (const attribute of ['externalId', 'userName', 'emails.value']) {
    const value = valueAt(sent, placeOf(attribute, type))
    if (typeof value !== 'string') continue
    const filter = `${probe.profile.filter.names[attribute] ?? attribute} eq ${JSON.stringify(normalised(attribute, value))}`
    const outcome = await probe.ask({ method: 'GET', path: endpoint, query: { filter } })
    const ids = outcome.ok ? readPage(outcome.answer.body)?.resources.map((each) => String(each.id)) : undefined
    if (ids?.length === 1 && ids[0] === id) found.push(attribute)
  }
  if (found.length === 0) probe.notes.push('the account is found by no filter')
  else {
    // Those that are configured and work stay in their order.
    const kept = probe.profile.user.match.filter((each) => found.includes(each))
    probe.find('user.match', kept.length > 0 ? kept : found, `it is found by ${found.join(', ')}`)
  }
}

/** What the app says to a second account of the same name. */
async function seeTwin(probe: ProbeSession, body: JsonObject): Promise<void> {
  const { endpoint, read } = probe.forms.User
  const outcome = await probe.ask({ method: 'POST', path: endpoint, body })
  if (!outcome.ok) {
    const { status, error } = outcome
    if (error.trouble !== 'conflict' && status >= 400 && status < 500) {
      probe.find(
        'conflict.status',
        [...new Set([...probe.profile.conflict.status, status])],
        `a name that is taken is answered ${status}`,
      )
    }
    return
  }
  const twin = outcome.answer.body === undefined ? undefined : read(outcome.answer.body)
  if (twin === undefined) return
  probe.notes.push(
    probe.made.has(pathOf(endpoint, twin.id))
      ? 'a second account of the same name is answered with the first one'
      : 'two accounts may have the same name',
  )
  probe.made.add(pathOf(endpoint, twin.id))
}

/** A way to change an account: what is sent, and what it shows of the app. */
interface Attempt {
  readonly method: 'PATCH' | 'PUT'
  readonly body: (title: string) => JsonObject
  readonly settings: JsonObject
  readonly words: string
}

const operation = (op: string, path: string | undefined, value: Json): JsonObject => ({
  schemas: [PATCH_OP],
  Operations: [{ op, ...(path === undefined ? {} : { path }), value }],
})

/** Finds the first way in which the app changes an attribute. */
export async function probeChanges(probe: ProbeSession, user: ProbedUser): Promise<void> {
  const { type } = probe.forms.User
  const attribute = probe.findings.some(
    ({ setting, seen }) => setting === 'user.drop' && (seen as readonly string[]).includes('title'),
  )
    ? 'displayName'
    : 'title'
  const whole = (title: string) => ({
    schemas: schemasFor(user.sent, type),
    id: user.id,
    ...user.sent,
    [attribute]: title,
  })
  const attempts: readonly Attempt[] = [
    {
      method: 'PATCH',
      body: (value) => operation('replace', attribute, value),
      settings: { patch: true, opCase: 'lower', paths: true },
      words: 'PATCH with a path',
    },
    {
      method: 'PATCH',
      body: (value) => operation('Replace', attribute, value),
      settings: { patch: true, opCase: 'title', paths: true },
      words: 'PATCH with "Replace"',
    },
    {
      method: 'PATCH',
      body: (value) => operation('replace', undefined, { [attribute]: value }),
      settings: { patch: true, opCase: 'lower', paths: false },
      words: 'PATCH without a path',
    },
    {
      method: 'PATCH',
      body: (value) => ({ schemas: [type.schema.id], [attribute]: value }),
      settings: { patch: true, form: 'partial' },
      words: 'PATCH with a part of the resource',
    },
    { method: 'PUT', body: whole, settings: { patch: false, put: 'whole' }, words: 'PUT of the whole resource' },
  ]
  for (const [at, { method, body, settings, words }] of attempts.entries()) {
    const title = `Probe ${at + 1}`
    const outcome = await probe.ask({ method, path: user.path, body: inDialect(body(title), probe.profile) })
    if (!outcome.ok) continue
    if ((await look(probe, user))?.[attribute] !== title) {
      probe.notes.push(`${words} is answered ${outcome.answer.status} and changes nothing`)
      continue
    }
    for (const [name, value] of Object.entries(settings))
      probe.find(`types.User.${name}`, value, `${words} changes ${attribute}`)
    if (settings.paths === true) await seeValuePaths(probe, user)
    return
  }
  probe.notes.push(`no way was found to change ${attribute}`)
}

async function seeValuePaths(probe: ProbeSession, user: ProbedUser): Promise<void> {
  if (!Array.isArray(user.sent.emails)) return
  const value = `other.${probe.marker}@${probe.domain}`
  const op = probe.findings.some(({ seen }) => seen === 'title') ? 'Replace' : 'replace'
  const outcome = await probe.ask({
    method: 'PATCH',
    path: user.path,
    body: operation(op, 'emails[type eq "work"].value', value),
  })
  const { emails } = (outcome.ok ? await look(probe, user) : undefined) ?? {}
  const isThere = Array.isArray(emails) && emails.some((one: Json) => isObject(one) && one.value === value)
  const how = outcome.ok ? 'changes the address' : `is answered ${outcome.status}`
  if (outcome.ok && !isThere) probe.notes.push('PATCH of emails[type eq "work"].value is answered and changes nothing')
  probe.find(
    'types.User.valuePaths',
    isThere,
    `PATCH of emails[type eq "work"].value ${isThere ? how : outcome.ok ? 'changes nothing' : how}`,
  )
}

/** The form in which `active` is written, as far as was found. */
function activeAs(probe: ProbeSession, value: boolean, text: boolean): JsonObject {
  const seen = (setting: string, otherwise: Json) =>
    probe.findings.findLast((each) => each.setting === `types.User.${setting}`)?.seen ?? otherwise
  if (seen('form', 'operations') === 'partial') return { schemas: [probe.forms.User.type.schema.id], active: value }
  const op = seen('opCase', 'lower') === 'title' ? 'Replace' : 'replace'
  const written = text ? (value ? 'True' : 'False') : value
  return seen('paths', true) === false
    ? operation(op, undefined, { active: written })
    : operation(op, 'active', written)
}

/** Switches the account off and on again. */
export async function probeSwitching(probe: ProbeSession, user: ProbedUser): Promise<void> {
  for (const text of [false, true]) {
    const outcome = await probe.ask({
      method: 'PATCH',
      path: user.path,
      body: inDialect(activeAs(probe, false, text), probe.profile),
    })
    if (!outcome.ok) continue
    const shown = await look(probe, user)
    if (shown?.active === true) continue
    probe.find('off.disable', 'active', 'PATCH of active switches the account off')
    probe.find('types.User.booleans', text ? 'text' : 'json', `active is taken as ${text ? 'text' : 'JSON'}`)
    const reads = shown !== undefined
    probe.find('off.disabledReads', reads, `GET after switching off is answered ${reads ? 'with the account' : '404'}`)
    const again = await probe.ask({
      method: 'PATCH',
      path: user.path,
      body: inDialect(activeAs(probe, true, text), probe.profile),
    })
    const back = again.ok ? await look(probe, user) : undefined
    const returns = back?.active === true
    probe.find(
      'off.reenable',
      returns ? 'active' : 'create',
      returns ? 'PATCH of active switches it on again' : 'the account does not come back',
    )
    if (!returns && !again.ok && again.error.trouble === 'gone') {
      probe.find('off.disableMeans', 'deleted', 'the account is not there after it was switched off')
      probe.made.delete(user.path)
    } else if (returns) probe.find('off.disableMeans', 'kept', 'the account comes back as it was')
    return
  }
  probe.notes.push('active=false does not switch the account off')
}

/** Removes the account, and tries to make it again. */
export async function probeRemoval(probe: ProbeSession, user: ProbedUser): Promise<void> {
  if (!probe.made.has(user.path)) return
  const outcome = await probe.ask({ method: 'DELETE', path: user.path })
  if (!outcome.ok) {
    if (outcome.error.trouble !== 'gone') probe.find('user.remove', false, `DELETE is answered ${outcome.status}`)
    return
  }
  const left = await look(probe, user)
  if (left !== undefined) {
    probe.find('off.removeMeans', 'deactivates', 'after DELETE the account is still there')
    return
  }
  probe.made.delete(user.path)
  const { type, endpoint, read } = probe.forms.User
  const body = inDialect({ schemas: schemasFor(user.sent, type), ...user.sent }, probe.profile)
  const again = await probe.ask({ method: 'POST', path: endpoint, body })
  if (!again.ok) {
    if (again.error.trouble === 'conflict')
      probe.find('off.removeMeans', 'irreversible', 'after DELETE the name is still taken')
    return
  }
  probe.find('off.removeMeans', 'removed', 'after DELETE the account is gone, and can be made again')
  const made = again.answer.body === undefined ? undefined : read(again.answer.body)
  if (made !== undefined) probe.made.add(pathOf(endpoint, made.id))
}
