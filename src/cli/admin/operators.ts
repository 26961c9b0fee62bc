// `lockstep operator`: lists, makes, changes and removes operators of the console.

import { environment } from '../../environment.ts'
import { createOperators, isoTime, type Operator } from '../../tenancy/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { flagOption, listOption, type Options, textOption } from '../terminal/options.ts'
import { formatTime, printJson, printLine, printTable } from '../terminal/print.ts'

/** Whoever can open the database has all of it to give. */
function operatorsOf({ store, told }: Local) {
  return createOperators(store, environment, { actor: 'cli', role: 'owner', tenants: undefined, told })
}

/** `lockstep operator list`. */
export async function listOperators(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const all = await operatorsOf(local).list()
    if (flagOption(options, 'json')) return printJson(all.map(operatorJson))
    printTable(all, [
      ['OPERATOR', ({ id }) => id],
      ['NAME', ({ name }) => name],
      ['ROLE', ({ role }) => role],
      ['TENANTS', ({ tenants }) => tenants?.join(', ') ?? 'all'],
      ['CREATED', ({ created }) => formatTime(created)],
    ])
  })
}

/** `lockstep operator create`. */
export async function createOperator(id: string, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const operator = await operatorsOf(local).create(id, draftOf(options))
    if (flagOption(options, 'json')) return printJson(operatorJson(operator))
    printLine(`Operator ${id} was created: ${described(operator)}. A link signs in: lockstep console link ${id}`)
  })
}

/** `lockstep operator change`. */
export async function changeOperator(id: string, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const operator = await operatorsOf(local).change(id, draftOf(options))
    if (flagOption(options, 'json')) return printJson(operatorJson(operator))
    printLine(`Operator ${id} is now: ${described(operator)}.`)
  })
}

/** `lockstep operator remove`. */
export async function removeOperator(id: string, options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    await operatorsOf(local).remove(id)
    if (flagOption(options, 'json')) return printJson({ operator: id, removed: true })
    printLine(`Operator ${id} was removed; sessions have ended.`)
  })
}

/** `--tenants all` takes the limit away. */
function draftOf(options: Options) {
  const tenants = listOption(options, 'tenants')
  return {
    name: textOption(options, 'name'),
    role: textOption(options, 'role'),
    ...(tenants.length === 0 ? {} : { tenants: tenants.length === 1 && tenants[0] === 'all' ? null : tenants }),
  }
}

function described({ name, role, tenants }: Operator): string {
  return `${name}, ${role} of ${tenants?.join(', ') ?? 'all tenants'}`
}

function operatorJson({ id, created, ...rest }: Operator) {
  return { operator: id, ...rest, created: isoTime(created) }
}
