// Probes what an app does with a group: made, renamed, its members.

import { pathOf, readPage } from '../../../client/index.ts'
import { type Json, type JsonObject, PATCH_OP, schemasFor } from '../../../protocol/index.ts'
import { PROBE_PREFIX, type ProbeSession } from './probe-session.ts'
import { inDialect } from './requests.ts'
import { memberIds } from './rewrite.ts'

/** Makes a group, renames it, lets somebody join and leave, and removes it. */
export async function probeGroup(probe: ProbeSession, member: string | undefined): Promise<void> {
  const form = probe.forms.Group
  const displayName = `lockstep probe ${probe.marker}`
  const sent = form.asTaken({ displayName, externalId: `${PROBE_PREFIX}${probe.marker}-group` })
  const body = inDialect({ schemas: schemasFor(sent, form.type), ...sent }, probe.profile)
  const outcome = await probe.ask({ method: 'POST', path: form.endpoint, body })
  if (!outcome.ok) {
    const { status, error } = outcome
    if ([404, 405, 501].includes(status)) {
      const list = await probe.ask({ method: 'GET', path: form.endpoint, query: { count: 1 } })
      if (list.ok) probe.find('group.create', false, `POST of a group is answered ${status}`)
      else probe.find('group.offered', false, `groups are answered ${status}`)
    } else probe.notes.push(`no group could be made: ${error.message}`)
    return
  }
  const made = outcome.answer.body === undefined ? undefined : form.read(outcome.answer.body)
  if (made === undefined) {
    probe.notes.push('the answer to POST of a group has no id')
    return
  }
  const path = pathOf(form.endpoint, made.id)
  probe.made.add(path)
  probe.find('group.create', true, 'a group was made')
  if (member !== undefined) await seeMembers(probe, path, made.id, member)
  await seeRename(probe, path, `${displayName} 2`)
  const removal = await probe.ask({ method: 'DELETE', path })
  probe.find(
    'group.remove',
    removal.ok,
    removal.ok ? 'DELETE removes a group' : `DELETE of a group is answered ${removal.status}`,
  )
  if (removal.ok) probe.made.delete(path)
}

const operation = (probe: ProbeSession, op: 'add' | 'remove' | 'replace', path: string, value?: Json): JsonObject => {
  const isTitle = probe.findings.some(({ setting, seen }) => setting === 'types.User.opCase' && seen === 'title')
  const name = isTitle ? `${op[0]?.toUpperCase()}${op.slice(1)}` : op
  return { schemas: [PATCH_OP], Operations: [{ op: name, path, ...(value === undefined ? {} : { value }) }] }
}

function isPartial(probe: ProbeSession): boolean {
  return probe.findings.some(({ setting, seen }) => setting === 'types.User.form' && seen === 'partial')
}

async function seeRename(probe: ProbeSession, path: string, name: string): Promise<void> {
  const { type } = probe.forms.Group
  const part = { schemas: [type.schema.id], displayName: name }
  const body = isPartial(probe) ? inDialect(part, probe.profile) : operation(probe, 'replace', 'displayName', name)
  const outcome = await probe.ask({ method: 'PATCH', path, body })
  const shown = await probe.ask({ method: 'GET', path })
  const isRenamed = shown.ok && shown.answer.body?.displayName === name
  const how = outcome.ok
    ? isRenamed
      ? 'renames it'
      : 'is answered and changes nothing'
    : `is answered ${outcome.status}`
  probe.find('types.Group.fixed', isRenamed ? [] : ['displayName'], `PATCH of a group's displayName ${how}`)
}

/** A way to remove a member. */
interface Removal {
  readonly body: JsonObject
  readonly remove: 'value-path' | 'value-list'
  readonly wrap: 'none' | 'object'
  readonly words: string
}

async function seeMembers(probe: ProbeSession, path: string, group: string, member: string): Promise<void> {
  const list = [{ value: member }]
  const isIn = () => isMember(probe, path, group, member)
  const part = (entry: JsonObject) =>
    inDialect({ schemas: [probe.forms.Group.type.schema.id], members: [entry] }, probe.profile)
  const joins: readonly { readonly body: JsonObject; readonly wrap: 'none' | 'object' }[] = isPartial(probe)
    ? [{ body: part({ value: member }), wrap: 'none' }]
    : [
        { body: operation(probe, 'add', 'members', list), wrap: 'none' },
        { body: operation(probe, 'add', 'members', { members: list }), wrap: 'object' },
      ]
  let joined: 'none' | 'object' | undefined
  for (const { body, wrap } of joins) {
    const outcome = await probe.ask({ method: 'PATCH', path, body })
    if (!outcome.ok) continue
    // Without a way to see it, an answer has to do.
    if ((await isIn()) === false) continue
    joined = wrap
    break
  }
  if (joined === undefined) {
    probe.notes.push('nobody could be made a member of the group')
    return
  }
  probe.find(
    'types.Group.members.wrap',
    joined,
    `a member joins by ${joined === 'object' ? 'a list in an object' : 'a list'}`,
  )
  if (isPartial(probe)) {
    await probe.ask({ method: 'PATCH', path, body: part({ value: member, operation: 'delete' }) })
    return
  }
  const listed = joined === 'object' ? { members: list } : list
  const removals: readonly Removal[] = [
    {
      body: operation(probe, 'remove', `members[value eq ${JSON.stringify(member)}]`),
      remove: 'value-path',
      wrap: joined,
      words: 'members[value eq …]',
    },
    {
      body: operation(probe, 'remove', 'members', listed),
      remove: 'value-list',
      wrap: joined,
      words: 'a list of values',
    },
  ]
  for (const { body, remove, words } of removals) {
    const outcome = await probe.ask({ method: 'PATCH', path, body })
    if (!outcome.ok || (await isIn()) === true) continue
    probe.find('types.Group.members.remove', remove, `a member leaves by ${words}`)
    return
  }
  probe.notes.push('the member could not be removed from the group')
}

/** Whether somebody is a member, by whichever way the app shows it; undefined when it shows it in none. */
async function isMember(
  probe: ProbeSession,
  path: string,
  group: string,
  member: string,
): Promise<boolean | undefined> {
  const shown = await probe.ask({ method: 'GET', path })
  if (shown.ok && shown.answer.body !== undefined && memberIds(shown.answer.body).includes(member)) {
    note(probe, 'group.members.read', 'resource', 'the group shows its members')
    return true
  }
  for (const attribute of new Set([probe.profile.group.members.filterBy, 'members.value', 'members'])) {
    const filter = `id eq ${JSON.stringify(group)} and ${attribute} eq ${JSON.stringify(member)}`
    const outcome = await probe.ask({ method: 'GET', path: probe.forms.Group.endpoint, query: { filter } })
    const found = outcome.ok ? readPage(outcome.answer.body)?.resources : undefined
    if (found?.some(({ id }) => String(id) === group) !== true) continue
    note(probe, 'group.members.read', 'filter', 'only a filter shows who is a member')
    note(probe, 'group.members.filterBy', attribute, `members are found by ${attribute}`)
    return true
  }
  const isKnown = probe.findings.some(({ setting }) => setting === 'group.members.read')
  return isKnown || (shown.ok && shown.answer.body?.members !== undefined) ? false : undefined
}

/** A finding that is made once. */
function note(probe: ProbeSession, setting: string, seen: Json, how: string): void {
  if (!probe.findings.some((each) => each.setting === setting)) probe.find(setting, seen, how)
}
