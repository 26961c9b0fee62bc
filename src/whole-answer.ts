// Answers whose bodies have come whole, which can be read without a stream.

const BYTES: unique symbol = Symbol('the whole body')

type Bytes = Uint8Array<ArrayBuffer>

/** An answer as `fetch` gives it, of a body that is in memory already. The streams of the platform are made only for who wants them. */
export type WholeAnswer = Response & { readonly [BYTES]: Bytes }

const decoder = new TextDecoder()

/** Names and values that headers may have. RFC 9110 §5.1, §5.5. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/

/**
 * Makes an answer. `body`: null where the status allows none. Throws RangeError for a status, and TypeError for headers, that HTTP does not
 * have.
 */
export function createWholeAnswer(
  status: number,
  pairs: readonly (readonly [name: string, value: string])[],
  body: Bytes | null,
): WholeAnswer {
  if (!(status >= 200 && status <= 599)) throw new RangeError(`There is no status ${status}`)
  for (const [name, value] of pairs) {
    if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError(`${name} is no header`)
  }
  const bytes = body ?? new Uint8Array(0)
  let headers: Headers | undefined
  const read = () => {
    headers ??= new Headers(pairs as [string, string][])
    return headers
  }
  let made: Response | undefined
  const real = () => {
    made ??= new Response(body, { status, headers: read() })
    return made
  }
  return {
    [BYTES]: bytes,
    status,
    get headers() {
      return read()
    },
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
