// What is kept of one request: a line of the record.

/** The kinds of requests, as they are counted and limited. */
export const REQUEST_KINDS = ['read', 'search', 'create', 'update', 'delete', 'bulk', 'discovery', 'door'] as const
/** One of {@link REQUEST_KINDS}. `door`: refused before anything was asked. */
export type RequestKind = (typeof REQUEST_KINDS)[number]

/** The classes of answers. `refused`: 4xx, `failed`: 5xx. */
export const ANSWER_CLASSES = ['answered', 'refused', 'failed'] as const
/** One of {@link ANSWER_CLASSES}. */
export type AnswerClass = (typeof ANSWER_CLASSES)[number]

/** One request that was kept, without anybody's values unless the connection records them. */
export interface RequestLine {
  /** `r_` and 13 characters, in the order of time; the same as in `X-Request-Id`. */
  readonly id: string
  /** When it was answered, milliseconds since 1970. */
  readonly at: number
  readonly tenant: string
  /** The id of the connection; absent where no token let it in. */
  readonly connection?: string
  /** Which identity provider the connection is for. */
  readonly kind?: string
  /** Short name of the token; not a secret. */
  readonly token?: string
  readonly method: string
  /** What was asked for, like `/Users/{id}`. */
  readonly route: string
  readonly asks: RequestKind
  /** The path with its query, values masked. */
  readonly path: string
  readonly status: number
  /** Time to answer, in microseconds. */
  readonly us: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly type?: string
  /** The id of the resource. */
  readonly resource?: string
  /** The version of the resource that the request made. */
  readonly version?: number
  /** Stable code of the error. */
  readonly code?: string
  /** The detail of the error, values masked. */
  readonly detail?: string
  /** Similar failures have the same. */
  readonly print?: string
  /** Names of the rewrites that changed the message. */
  readonly bends?: readonly string[]
  /** Attributes that no schema has and that were left out. */
  readonly left?: readonly string[]
  /** The process that answered. */
  readonly process: string
  /** The network of the client: a /24, or a /48 of IPv6. */
  readonly address?: string
  readonly agent?: string
  /** Keyed hashes of what the request named: a userName, an externalId, an e-mail address. */
  readonly about?: readonly string[]
  /** What `sent` holds. Absent: there was no body, or it could not be read. */
  readonly body?: 'shape' | 'values'
  /** The body as JSON: its shape, or with values. */
  readonly sent?: string
  /** Present on a line that stands for requests that were counted and not kept: how many, alike in who, what and outcome. */
  readonly unkept?: number
  /** When the first of them was answered, milliseconds since 1970. */
  readonly since?: number
}

/** A line with its place: the order in which lines came to the store. */
export interface PlacedLine extends RequestLine {
  readonly place: number
}

/** The class of a status. */
export function classOf(status: number): AnswerClass {
  return status < 400 ? 'answered' : status < 500 ? 'refused' : 'failed'
}

const DISCOVERY = /^\/(?:ServiceProviderConfig|Schemas|ResourceTypes)(?:\/|$)/

/** The kind of a request by its method and its path below the base URL. */
export function kindOf(method: string, path: string): RequestKind {
  switch (method) {
    case 'POST':
      if (path.endsWith('/.search')) return 'search'
      return path === '/Bulk' ? 'bulk' : 'create'
    case 'PUT':
    case 'PATCH':
      return 'update'
    case 'DELETE':
      return 'delete'
    default:
      // Nearly every path begins with another letter.
      if ('SR'.includes(path.charAt(1)) && DISCOVERY.test(path)) return 'discovery'
      return path.indexOf('/', 1) === -1 ? 'search' : 'read'
  }
}

/** Whether a request of this kind changes something when it goes well. */
export function isWrite(kind: RequestKind): boolean {
  return kind === 'create' || kind === 'update' || kind === 'delete' || kind === 'bulk'
}
