// `lockstep app probe`: finds out what an app takes, and proposes a profile.

import { environment } from '../../environment.ts'
import {
  type AdapterDeps,
  APP_ANSWER_BYTES,
  type AppSettings,
  cleanUpProbes,
  type ProbeOptions,
  type ProbeReport,
  probeApp as probe,
  readApp,
} from '../../hub/index.ts'
import { createOutbound } from '../../outbound/index.ts'
import { Group, isObject, type Json, type JsonObject, User } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { readSettings, secretOf } from '../../site/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { parseJson } from '../resources/json-input.ts'
import { confirm } from '../terminal/confirmation.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson, printLine, printPretty, printTable } from '../terminal/print.ts'
import { readCredentials } from './app-draft.ts'

type Probed = Pick<AppSettings, 'options' | 'credentials'>

/** `lockstep app probe`: an app by its name, or any server by its URL. */
export async function probeApp([name]: readonly string[], options: Options): Promise<void> {
  const url = textOption(options, 'url')
  if ((name === undefined) === (url === undefined)) {
    throw new UsageError('Name an app of the tenant, or give the --url of a server')
  }
  if (url !== undefined) {
    const { settings, secret } = await settingsFrom(url, options)
    return carryOut(settings, { tenant: 'default', secret, types: [User, Group] }, url, options)
  }
  return withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const settings = await readApp(local.store, tenant, name ?? '')
    if (settings === undefined) throw new UsageError(`There is no app "${name}" in tenant "${tenant}"`)
    if (settings.adapter !== 'scim')
      throw new UsageError(`App "${name}" does not speak SCIM: nothing is to be found out`)
    const secret = () => secretOf(local.sealer, tenant, settings)
    const { types } = local.tenancy.catalog(tenant)
    await carryOut(settings, { tenant, secret, types }, name ?? '', options)
  })
}

async function settingsFrom(url: string, options: Options) {
  const { secret, env, ...given } = (await readCredentials(options)) ?? {}
  const value = typeof env === 'string' ? process.env[env] : secret
  if (typeof env === 'string' && value === undefined) throw new UsageError(`Environment variable ${env} is not set`)
  const profile = textOption(options, 'profile')
  const settings: Probed = {
    options: { url, ...(profile === undefined ? {} : { profile: profileFrom(profile) }) },
    // Where the secret is was said here, and is not kept.
    ...(Object.keys(given).length === 0 ? {} : { credentials: given as unknown as NonNullable<Probed['credentials']> }),
  }
  return { settings, secret: async () => (typeof value === 'string' ? value : undefined) }
}

/** The name of a profile, or a profile as JSON. */
function profileFrom(text: string): Json {
  return text.startsWith('{') ? parseJson(text, '--profile') : text
}

async function carryOut(
  settings: Probed,
  deps: Pick<AdapterDeps, 'tenant' | 'secret' | 'types'>,
  name: string,
  options: Options,
): Promise<void> {
  const isJson = flagOption(options, 'json')
  const question = `Probe ${name}? It makes, changes and removes one account and one group there, and may send mail to nobody@${domainOf(options)}.`
  if (!flagOption(options, 'clean')) await confirm(options, () => question, 'Nothing was sent')
  const { outboundAllow, outboundProxy } = readSettings(
    { outboundAllow: textOption(options, 'outboundAllow') },
    process.env,
  )
  const outbound = createOutbound({
    ...(outboundAllow === undefined ? {} : { allow: outboundAllow }),
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  })
  const ending = new AbortController()
  const end = () => ending.abort(new UsageError('The probe was interrupted; what it had made was removed'))
  process.once('SIGINT', end)
  try {
    const all: AdapterDeps = {
      ...deps,
      environment: { ...environment, fetch: outbound.within({ answerBytes: APP_ANSWER_BYTES }) },
    }
    const how: ProbeOptions = {
      signal: ending.signal,
      domain: domainOf(options),
      ...(isJson || !process.stderr.isTTY ? {} : { onProgress: (text) => printErrorLine(text) }),
    }
    if (!flagOption(options, 'clean')) return await tell(await probe(settings, all, how), settings, name, isJson)
    const removed = await cleanUpProbes(settings, all, how)
    if (isJson) return printJson({ removed })
    printLine(removed.length === 0 ? 'No probe has left anything.' : `Removed: ${removed.join(', ')}`)
  } finally {
    process.off('SIGINT', end)
    await outbound.close()
  }
}

function domainOf(options: Options): string {
  return textOption(options, 'domain') ?? 'example.com'
}

async function tell(report: ProbeReport, { options }: Probed, name: string, isJson: boolean): Promise<void> {
  if (isJson) return printJson(report)
  const { findings, differences, notes, left, proposed } = report
  if (findings.length === 0) throw new UsageError(`Nothing could be found out: ${notes.join('; ')}`)
  const isOther = (setting: string) => differences.some((each) => each.setting === setting)
  printTable(findings, [
    ['SETTING', ({ setting }) => setting],
    ['SEEN', ({ seen }) => textOf(seen)],
    ['CONFIGURED', ({ setting, configured }) => (isOther(setting) ? textOf(configured) : 'the same')],
    ['HOW', ({ how }) => how],
  ])
  for (const note of notes) printLine(`Note: ${note}`)
  for (const path of left) printLine(`Left there, as it could not be removed: ${path}`)
  if (differences.length === 0) return printLine('The profile says what was seen.')
  printLine('A profile that says what was seen:')
  await printPretty(proposed)
  if (isObject(options) && options.url !== name) {
    printLine(
      `Use it: ${commandName()} app change ${name} --options '${JSON.stringify({ profile: proposed } satisfies JsonObject)}'`,
    )
  }
}

function textOf(value: Json): string {
  return typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map(textOf).join(', ') || 'none'
      : JSON.stringify(value)
}
