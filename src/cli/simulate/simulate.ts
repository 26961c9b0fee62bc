// `lockstep simulate`: plays an identity provider against any SCIM server.

import { ACTS, type ActName, isSimulated, SCENARIOS, type SimulateOptions, simulate } from '../../simulate/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { onInterruption } from '../terminal/interruption.ts'
import { flagOption, listOption, numberOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printJson } from '../terminal/print.ts'
import { headersOption, tokenOption } from '../terminal/server-options.ts'
import { printEnd, printStart, printStep } from './print-simulation.ts'

/** Exit codes: the real provider would do all its work, or would fail. */
const EXIT = { fine: 0, failed: 1 } as const

/** `lockstep simulate`: plays an identity provider against any SCIM server. */
export async function simulateProvider([provider = '', url = '']: readonly string[], options: Options): Promise<void> {
  if (!isSimulated(provider))
    throw new UsageError(`The provider must be ${Object.keys(SCENARIOS).join(', ')}, not "${provider}"`)
  const isForPeople = !flagOption(options, 'json')
  const isVerbose = flagOption(options, 'verbose')
  const chosen = readOptions(options)
  const interruption = onInterruption(
    () => printErrorLine('Stopping: deleting what was created (repeat to quit without deleting)'),
    EXIT.failed,
  )
  try {
    if (isForPeople) printStart(SCENARIOS[provider], url)
    let act: ActName | undefined
    const played = await simulate(provider, {
      url,
      ...chosen,
      signal: interruption.signal,
      onStep(step) {
        if (!isForPeople) return
        printStep(SCENARIOS[provider], step, step.act !== act, isVerbose)
        act = step.act
      },
    })
    if (isForPeople) printEnd(played)
    else await printJson(played)
    process.exitCode = played.works ? EXIT.fine : EXIT.failed
  } finally {
    interruption.release()
  }
}

function readOptions(options: Options): Omit<SimulateOptions, 'url' | 'fetch' | 'signal' | 'onStep'> {
  const token = tokenOption(options)
  const only = listOption(options, 'only').map((word) => {
    const act = ACTS.find((one) => one === word.toLowerCase())
    if (act === undefined) throw new UsageError(`--only must be some of ${ACTS.join(', ')}, not "${word}"`)
    return act
  })
  const people = numberOption(options, 'people', 1)
  const seed = numberOption(options, 'seed', 0)
  const seconds = numberOption(options, 'timeout', 1)
  const domain = textOption(options, 'domain')
  const group = textOption(options, 'group')
  return {
    ...(token === undefined ? {} : { token }),
    headers: headersOption(options),
    ...(only.length === 0 ? {} : { only }),
    ...(people === undefined ? {} : { people }),
    ...(seed === undefined ? {} : { seed }),
    ...(domain === undefined ? {} : { domain }),
    ...(group === undefined ? {} : { group }),
    ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
    keep: flagOption(options, 'keep'),
  }
}
