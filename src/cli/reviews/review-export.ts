// `lockstep review export` and `verify`: the lines as CSV, and the signed document that vouches for them.

import { readFile } from 'node:fs/promises'
import { verifyReview } from '../../hub/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import { writeData } from '../../terminal.ts'
import { tenantOf, withLocal } from '../database/local.ts'
import { fileError } from '../files/file-error.ts'
import { openOut } from '../files/out-file.ts'
import { keysFrom } from '../proof/receipt.ts'
import { readInput } from '../resources/json-input.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printFacts, printJson, printLine } from '../terminal/print.ts'

/** `lockstep review export REVIEW`. */
export async function exportReview([id = '']: readonly string[], options: Options): Promise<void> {
  const [to, jwsTo] = [textOption(options, 'to'), textOption(options, 'jws')]
  await withLocal(options, async (local) => {
    const tenant = await tenantOf(local, options)
    const { reviews } = await local.hub()
    const pieces = await reviews.csv(tenant, id)
    if (jwsTo !== undefined) {
      const { jws } = await reviews.sign(tenant, id)
      await writeFileWith(jwsTo, [`${jws}\n`])
    }
    if (to === undefined || to === '-') {
      for await (const piece of pieces) await writeData(piece)
      return
    }
    await writeFileWith(to, pieces)
    const files = [to, ...(jwsTo === undefined ? [] : [jwsTo])]
    if (flagOption(options, 'json')) return printJson({ tenant, review: id, files })
    printLine(`The review is in ${files.join(' and ')}.`)
  })
}

async function writeFileWith(name: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const file = await openOut(name, { append: false })
  for await (const piece of pieces) await file.write(piece)
  await file.end()
}

/** `lockstep review verify FILE`: needs no database when the keys are given. Fails unless the document, and the CSV given, are genuine. */
export async function verifyExport([file = '']: readonly string[], options: Options): Promise<void> {
  const text = await readInput(file)
  const [csvFile, from] = [textOption(options, 'csv'), textOption(options, 'jwks')]
  const csv =
    csvFile === undefined
      ? undefined
      : await readFile(csvFile).catch((error) => {
          throw fileError(csvFile, 'read', error)
        })
  const keys =
    from === undefined
      ? await withLocal(options, async (local) => (await local.hub()).proof.keys.published())
      : await keysFrom(from)
  const verified = await verifyReview(text, keys, csv)
  if (flagOption(options, 'json')) await printJson(verified)
  if (!verified.valid) throw new LockstepError('ERR_RECEIPT', `This review is not genuine. ${verified.message}`)
  if (verified.csv === 'other')
    throw new LockstepError(
      'ERR_RECEIPT',
      `The document is genuine, but ${csvFile} is not the file that it vouches for`,
    )
  if (flagOption(options, 'json')) return
  const { review, kid, alg } = verified
  const { counts } = review
  printLine(
    `The review is genuine: ${review.iss} signed it with the key ${kid} (${alg}), and nothing was altered since.`,
  )
  printLine(
    csv === undefined
      ? 'Its lines are in a file of their own: check it with --csv FILE.'
      : `${csvFile} is its file, to the last byte.`,
  )
  printLine('')
  printFacts([
    ['Review', `${review.name} (${review.sub}) of tenant ${review.tenant}`],
    ['Reason', review.reason],
    ['Copied', `${review.copied.at}, line ${review.copied.place} of the log`],
    ['Closed', `${review.closed.at} by ${review.closed.by}`],
    [
      'Lines',
      `${counts.lines}: ${counts.keep} keep, ${counts.remove} remove, ${counts.undecided} undecided, which count as ${review.undecided}`,
    ],
    ['Removed', `${counts.done} done, ${counts.gone} gone already, ${counts.open} open`],
  ])
}
