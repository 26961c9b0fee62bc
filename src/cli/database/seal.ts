// `lockstep seal`: checks sealed secrets, and seals them again with another key.

import { type SealedFound, walkSealed } from '../../tenancy/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { flagOption, type Options } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'
import { type Local, withLocal } from './local.ts'

/** `lockstep seal check`: opens every sealed secret. The exit code is 1 if one can't be opened. */
export async function sealCheck(options: Options): Promise<void> {
  await withLocal(options, async (local) =>
    show(await walkSealed(local.store, local.sealer, { renew: false }), local, options),
  )
}

/** `lockstep seal rotate`: seals every secret with the first key. */
export async function sealRotate(options: Options): Promise<void> {
  await withLocal(options, async (local) => {
    if (flagOption(options, 'newKey')) {
      await local.sealKeys.load({ make: true })
      await local.sealKeys.add()
    }
    await show(await walkSealed(local.store, local.sealer, { renew: true }), local, options)
  })
}

async function show(found: SealedFound, { sealKeys }: Local, options: Options): Promise<void> {
  const { secrets, byKey, renewed, unopened } = found
  const keys = (await sealKeys.load()).map(({ id }) => id)
  if (unopened.length > 0) process.exitCode = 1
  if (flagOption(options, 'json')) return printJson({ keys, file: sealKeys.file, ...found })
  printLine(
    `Keys: ${keys.length === 0 ? 'none' : keys.join(', ')}${sealKeys.file === undefined ? '' : ` (${sealKeys.file})`}`,
  )
  for (const [id, count] of Object.entries(byKey)) printLine(`Sealed with ${id}: ${count}`)
  for (const { tenant, message } of unopened) printErrorLine(`${tenant === '' ? '' : `${tenant}: `}${message}`)
  if (renewed > 0) printLine(`Sealed again with ${keys[0]}: ${renewed} of ${secrets}`)
  else if (secrets === 0) printLine('No secret is stored')
}
