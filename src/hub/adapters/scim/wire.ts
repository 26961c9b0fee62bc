// Sends requests to an app, each once, and gives answers or what went wrong.

import { type Answer, type Call, createClient, type Pace } from '../../../client/index.ts'
import { type AppProfile, ConfigError, isObject, type Json, type JsonObject } from '../../../protocol/index.ts'
import { fromScim1 } from '../../../quirks/index.ts'
import {
  type AdapterCall,
  type AdapterDeps,
  APP_ANSWER_BYTES,
  type AppError,
  type AppSettings,
} from '../../contract/index.ts'
import { readScimAuth, type ScimOptions } from './scim-settings.ts'
import { troubleOf, withoutSecrets } from './trouble.ts'

/** One request to an app. */
export interface Request {
  readonly method: Call['method']
  /** Below the base URL, percent-encoded. */
  readonly path: string
  readonly query?: { readonly [name: string]: string | number | undefined }
  readonly body?: JsonObject
}

/** Sends one request. Throws AppError. */
export type Ask = (request: Request, call: AdapterCall) => Promise<Answer>

/** Requests are counted and spaced by the hub, for all calls of an app together. */
const NO_PACE: Pace = { run: (_origin, work) => work(), pause: () => undefined }

/** Creates what sends the requests of one app: each once, with the credentials as they are at that moment. */
export function createAsk(
  { url, profile }: ScimOptions,
  settings: Pick<AppSettings, 'credentials'>,
  { environment, secret }: Pick<AdapterDeps, 'environment' | 'secret'>,
): Ask {
  const auth = readScimAuth(settings, profile, async () => {
    const text = await secret()
    if (text !== undefined && text !== '') return text
    throw new ConfigError('credentials', 'there is no secret: neither sealed, nor in the environment variable')
  })
  const { http } = profile
  const client = createClient({
    url,
    auth,
    environment,
    attempts: 1,
    pace: NO_PACE,
    timeoutMs: http.timeoutMs,
    answerBytes: APP_ANSWER_BYTES,
    headers: http.headers,
  })
  return async (request, call) => {
    const { method, body } = request
    const answer = await guarded(request, call)
    if (profile.protocol === '2.0' || answer.body === undefined) return answer
    return { ...answer, body: modern(answer.body) }

    async function guarded({ path, query }: Request, { signal, isTimed, headers }: AdapterCall): Promise<Answer> {
      // Nothing was sent.
      if (signal.aborted) throw troubleOf(signal.reason, { ...failed(), writes: false })
      try {
        return await client.send({
          method,
          path,
          signal,
          isTimed,
          headers: {
            accept: http.accept,
            ...(body === undefined ? {} : { 'content-type': http.contentType }),
            ...headers,
          },
          ...(query === undefined ? {} : { query }),
          ...(body === undefined ? {} : { body }),
        })
      } catch (error) {
        throw await silenced(troubleOf(error, failed()), body)
      }
    }

    function failed() {
      return {
        name: `${method} ${withoutQuery(request.path)}`,
        writes: method !== 'GET',
        collection: isCollection(profile, withoutQuery(request.path)),
        profile,
        now: environment.now(),
      }
    }
  }

  async function silenced(error: AppError, body: JsonObject | undefined): Promise<AppError> {
    const known = await secret().catch(() => undefined)
    return withoutSecrets(error, [...(known === undefined ? [] : [known]), ...passwordsIn(body)])
  }
}

/** Queries may hold what is personal. */
function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path
}

function isCollection({ paths }: AppProfile, path: string): boolean {
  return path === paths.users || path === paths.groups
}

/** Every resource in an answer of SCIM 1.1 as SCIM 2.0 has it. */
function modern(body: JsonObject): JsonObject {
  const { Resources: list } = body
  if (!Array.isArray(list)) return fromScim1(body)
  return { ...body, Resources: list.map((each: Json) => (isObject(each) ? fromScim1(each) : each)) }
}

/** Values that no message may repeat: the passwords in a body. */
function passwordsIn(body: JsonObject | undefined): readonly string[] {
  const { password, Operations: operations } = body ?? {}
  const set = Array.isArray(operations)
    ? operations.flatMap((each: Json) => (isObject(each) && each.path === 'password' ? [each.value] : []))
    : []
  return [password, ...set].filter((each) => typeof each === 'string')
}
