// Sends the requests of a simulation with the provider's own patience, and keeps credentials out of what is shown.

import type { Outcome } from './judge.ts'
import type { Settings } from './options.ts'
import type { Patience } from './scenario.ts'
import type { WireRequest } from './wire/message.ts'
import type { Send } from './wire/send.ts'

/** Longest wait before a request is sent again, whatever `Retry-After` asks for. */
const LONGEST_PAUSE_MS = 10_000

/** Sends one request; an answer to be tried again is, as often as the provider would. */
export async function exchange(
  send: Send,
  request: WireRequest,
  patience: Patience,
  settings: Settings,
): Promise<Outcome & { readonly tries: number; readonly ms: number }> {
  const { environment } = settings
  const begun = environment.monotonic()
  for (let tries = 1; ; tries++) {
    const outcome = await sendOnce(send, request, patience, settings)
    const { on, times } = patience.again ?? { on: [], times: 0 }
    const isTriedAgain =
      outcome.came === 'answer' && on.includes(outcome.answer.status) && tries <= times && !settings.signal?.aborted
    if (!isTriedAgain) return { ...outcome, tries, ms: Math.round(environment.monotonic() - begun) }
    const asked = Number(outcome.answer.headers.get('retry-after') ?? 1) * 1_000
    const pause = Math.min(Number.isNaN(asked) ? 1_000 : Math.max(asked, 50), LONGEST_PAUSE_MS)
    // Whoever stops the simulation waits for no pause.
    await environment.wait(pause, settings.signal).catch(() => undefined)
  }
}

async function sendOnce(send: Send, request: WireRequest, patience: Patience, settings: Settings): Promise<Outcome> {
  const limitMs = Math.min(patience.timeoutMs, settings.timeoutMs ?? patience.timeoutMs)
  const limit = new AbortController()
  let cancel = () => {}
  const slow = new Promise<Outcome>((resolve) => {
    cancel = settings.environment.setTimer(limitMs, () => {
      resolve({ came: 'slow', reason: `no answer within ${limitMs / 1_000} s` })
      limit.abort()
    })
  })
  const answered = send(request, limit.signal).then(
    (answer): Outcome => ({ came: 'answer', answer }),
    (error: unknown): Outcome => ({ came: 'none', reason: causeOf(error) }),
  )
  try {
    // A function that is given as fetch need not heed the signal.
    return await Promise.race([answered, slow])
  } finally {
    cancel()
  }
}

/** The cause of a failed request, which says more than "fetch failed". */
function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {}
  const text = cause instanceof Error ? cause.message || cause.name : error instanceof Error ? error.message : ''
  return `no answer: ${text === '' ? String(error) : text}`
}

/** Longest part of a body that is kept. */
const SHOWN = 4_000

/** A text without the token, which a careless server may repeat. */
function masked(text: string, { token }: Settings): string {
  return token === undefined || token.length < 8 ? text : text.replaceAll(token, '(token)')
}

/** An outcome to quote from: masked before anything is cut off, so that no half of a token is left. */
export function withoutToken(outcome: Outcome, settings: Settings): Outcome {
  if (outcome.came !== 'answer') return outcome
  const { answer } = outcome
  return { came: 'answer', answer: { ...answer, body: masked(answer.body, settings) } }
}

/** A text as results show it: bounded, and without the token. */
export function shown(text: string, settings: Settings): string {
  const clean = masked(text, settings)
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN)}… (${clean.length} characters)` : clean
}
