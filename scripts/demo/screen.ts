// What the demonstration shows: each request as it arrives, with the time since the change.

/** The terminal of the demonstration. */
export interface Screen {
  readonly title: (text: string) => void
  readonly note: (text: string) => void
  readonly print: (text: string) => void
  /** One request of the identity provider; starts the clock. */
  readonly sent: (request: string) => void
  /** One request that an app got. */
  readonly arrived: (app: string, request: string, outcome: string) => void
  readonly done: () => void
}

const COLOURS = process.stdout.isTTY && process.env.NO_COLOR === undefined
const paint = (code: number, text: string) => (COLOURS ? `\u001b[${code}m${text}\u001b[0m` : text)

/** Creates the screen. */
export function createScreen(): Screen {
  let began = performance.now()
  const line = (text: string) => process.stdout.write(`${text}\n`)
  const since = () => `+${((performance.now() - began) / 1_000).toFixed(2)} s`.padStart(9)
  return {
    title: (text) => line(`\n${paint(1, text)}`),
    note: (text) => line(paint(2, `  ${text}`)),
    print: (text) => line(text.trimEnd()),
    sent(request) {
      began = performance.now()
      line(`${' '.repeat(9)}  ${paint(36, 'identity provider'.padEnd(18))}${request}`)
    },
    arrived(app, request, outcome) {
      const colour = /^[23]/.test(outcome) ? 32 : 33
      line(`${since()}  ${app.padEnd(18)}${request.padEnd(46)} ${paint(colour, outcome)}`)
    },
    done: () => line(paint(32, `${since()}  every app has confirmed`)),
  }
}
