// `lockstep setup-link`: makes, lists, shows, extends and revokes setup links.

import { describeLink, describeShownLink, type ShownLink, stateOf } from '../../setup/index.ts'
import { type Local, withLocal } from '../database/local.ts'
import { flagOption, listOption, numberOption, type Options, textOption } from '../terminal/options.ts'
import { formatExpiry, formatTime, printFacts, printJson, printLine, printTable } from '../terminal/print.ts'

/** Most links in a list: a tenant has no more that are kept. */
const LISTED = 1_000

/** `lockstep setup-link create`. */
export async function createSetupLink([tenant = '']: readonly string[], options: Options): Promise<void> {
  const kinds = listOption(options, 'kinds')
  const days = numberOption(options, 'days', 1)
  const draft: { [name: string]: string } = {}
  for (const name of ['connection', 'label', 'note']) {
    const text = textOption(options, name)
    if (text !== undefined) draft[name] = text
  }
  await withLocal(options, async (local) => {
    const setup = await local.setup()
    const { link, key, code } = await setup.links('cli').create(tenant, {
      ...draft,
      ...(kinds.length === 0 ? {} : { kinds }),
      ...(days === undefined ? {} : { days }),
      code: flagOption(options, 'code'),
    })
    const url = setup.address(await local.url(), key)
    if (flagOption(options, 'json')) {
      printJson({ ...describeLink(link, Date.now()), url, code })
      return
    }
    printFacts([
      ['Link', url],
      ...(code === undefined ? [] : [['Code', `${code.slice(0, 3)} ${code.slice(3)}`] as const]),
      ['Valid until', formatTime(link.expires)],
      ['Id', link.id],
    ])
    printLine()
    printLine('The link is shown only this once; only its hash is stored. Opening it uses nothing up.')
    if (code !== undefined) printLine('Tell the code by another way than the link, by telephone for example.')
  })
}

/** `lockstep setup-link list`. */
export async function listSetupLinks([tenant = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const { items } = await (await local.setup()).links('cli').page(tenant, { limit: LISTED })
    const now = Date.now()
    if (flagOption(options, 'json')) {
      printJson(items.map((shown) => describeShownLink(shown, now)))
      return
    }
    printTable(items, [
      ['LINK', ({ link }) => link.id],
      ['STATE', ({ link }) => stateOf(link, now)],
      ['FOR', ({ link }) => link.note ?? ''],
      ['OPENS UNTIL', ({ link }) => formatExpiry(link.expires, now)],
      ['OPENED', ({ progress }) => formatTime(progress.opened.last.at(-1)?.at) || 'never'],
      ['STEP', ({ progress }) => progress.reached],
      ['TOKENS', ({ link }) => String(link.tokens.length)],
    ])
  })
}

/** `lockstep setup-link show`. */
export async function showSetupLink([tenant = '', id = '']: readonly string[], options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    const shown = await (await local.setup()).links('cli').show(tenant, id)
    if (flagOption(options, 'json')) printJson(describeShownLink(shown, Date.now()))
    else printShown(shown)
  })
}

function printShown({ link, progress }: ShownLink): void {
  const { opened, reached, kind, looksDifferent, done } = progress
  printFacts([
    ['Link', link.id],
    ['State', stateOf(link, Date.now())],
    ...(link.note === undefined ? [] : [['For', link.note] as const]),
    ['Kinds', link.kinds.join(', ')],
    ['Created', `${formatTime(link.created)} by ${link.by}`],
    ['Valid until', formatTime(link.expires)],
    ['Code', link.hasCode ? 'yes' : 'no'],
    ['Opened', opened.times === 0 ? 'never' : `${opened.times} times`],
    ...opened.last.map(({ at, from }) => ['', `${formatTime(at)} from ${from}`] as const),
    ['Step', reached],
    ...(kind === undefined ? [] : [['Identity provider', kind] as const]),
    ['Connection', link.connection ?? 'none yet'],
    ...link.tokens.map(
      ({ id, made, ended }) =>
        [
          'Token',
          `${id}, made ${formatTime(made)}${ended === undefined ? '' : `, ended ${formatTime(ended)}`}`,
        ] as const,
    ),
    ...looksDifferent.map(({ at, click }) => ['Looks different', `${click}, told ${formatTime(at)}`] as const),
    ...(done === undefined ? [] : [['Done', formatTime(done)] as const]),
  ])
}

/** `lockstep setup-link extend`. */
export async function extendSetupLink([tenant = '', id = '']: readonly string[], options: Options): Promise<void> {
  const days = numberOption(options, 'days', 1) ?? 7
  const change = async (local: Local) => (await local.setup()).links('cli').extend(tenant, id, days)
  const link = await withLocal(options, change)
  if (flagOption(options, 'json')) printJson(describeLink(link, Date.now()))
  else printLine(`Setup link ${id} opens until ${formatTime(link.expires)}.`)
}

/** `lockstep setup-link revoke`. */
export async function revokeSetupLink([tenant = '', id = '']: readonly string[], options: Options): Promise<void> {
  const tokens = flagOption(options, 'tokens')
  const change = async (local: Local) => (await local.setup()).links('cli').revoke(tenant, id, { tokens })
  const link = await withLocal(options, change)
  if (flagOption(options, 'json')) printJson(describeLink(link, Date.now()))
  else
    printLine(
      `Setup link ${id} was revoked${tokens && link.connection !== undefined ? `, with connection ${link.connection}` : ''}.`,
    )
}
