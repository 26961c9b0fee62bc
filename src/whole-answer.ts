// Answers whose bodies have come whole, which can be read without a stream.

const BYTES: unique symbol = Symbol('the whole body')

type Bytes = Uint8Array<ArrayBuffer>

/** An answer as `fetch` gives it, of a body that is in memory already. The streams of the platform are made only for who wants them. */
export type WholeAnswer = Response & { readonly [BYTES]: Bytes }

const decoder = new TextDecoder()

/** Makes an answer. `body`: null where the status allows none. Throws RangeError for a status that HTTP does not have. */
export function createWholeAnswer(
  status: number,
  pairs: readonly (readonly [name: string, value: string])[],
  body: Bytes | null,
): WholeAnswer {
  if (!(status >= 200 && status <= 599)) throw new RangeError(`There is no status ${status}`)
  const headers = new Headers(pairs as [string, string][])
  const bytes = body ?? new Uint8Array(0)
  let made: Response | undefined
  const real = () => {
    made ??= new Response(body, { status, headers })
    return made
  }
  return {
    [BYTES]: bytes,
    status,
    headers,
    ok: status < 300,
    statusText: '',
    type: 'default',
    url: '',
    redirected: false,
    get body() {
      return real().body
    },
    get bodyUsed() {
      return made?.bodyUsed ?? false
    },
    text: async () => (made === undefined ? decoder.decode(bytes) : made.text()),
    json: () => real().json(),
    arrayBuffer: () => real().arrayBuffer(),
    bytes: () => real().bytes(),
    blob: () => real().blob(),
    formData: () => real().formData(),
    clone: () => real().clone(),
  }
}

/** The body of an answer, if it has come whole. */
export function wholeBody(answer: Response): Bytes | undefined {
  return BYTES in answer ? (answer as WholeAnswer)[BYTES] : undefined
}
