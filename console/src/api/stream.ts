// What happens, as it happens: one stream for all tabs of the browser, held by one of them and told to the others.

import { useEffect, useRef, useSyncExternalStore } from 'react'
import { ADMIN } from '../place.ts'
import { api } from './client.ts'

/** What can be listened to. */
export type Topic = 'requests' | 'changes'

/** Something that has happened. */
export interface StreamEvent {
  /** `gap`: lines were left out. `open`: the stream begins here, so what came before has to be read from the list. */
  readonly event: Topic | 'gap' | 'open'
  readonly data: unknown
}

/** Whether what is shown is live: not while nobody listens. */
export interface Live {
  readonly state: 'off' | 'live' | 'lost'
  /** Since when it is so, in milliseconds since 1970. */
  readonly since: number
}

/** Tabs say again and again what they want; who hasn't for so long is gone. */
const SAY_MS = 20_000
const GONE_MS = 90_000
/** A hidden tab lets go after so long. */
const HIDDEN_MS = 60_000
/** A stream that the server has refused is tried again after so long. */
const AGAIN_MS = 3_000
const NAME = 'lockstep-stream'

/** What one tab wants: `acme requests`, or ` requests` for all tenants. */
type Want = string

type Message =
  | { readonly type: 'who' }
  | { readonly type: 'wants'; readonly tab: string; readonly wants: readonly Want[] }
  | {
      readonly type: 'event'
      readonly tenant: string
      readonly event: string
      readonly data: unknown
      readonly id: string
    }
  | { readonly type: 'live'; readonly live: Live }

const tab = crypto.randomUUID()
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(NAME) : undefined
const listeners = new Set<{
  readonly want: Want
  readonly tenant: string
  readonly topic: Topic
  readonly hear: (event: StreamEvent) => void
}>()
/** What the tabs want, by tab: known to the one that holds the stream. */
const wanted = new Map<string, { readonly wants: readonly Want[]; readonly at: number }>()
const open = new Map<string, { readonly source: EventSource; readonly topics: string }>()
/** Where each stream has got to, also in tabs that don't hold it: one of them will read on. */
const places = new Map<string, string>()
const watchers = new Set<() => void>()
let live: Live = { state: 'off', since: Date.now() }
let holds = false
let begun = false
let isAsleep = false

/** Begins when somebody listens for the first time. */
function begin(): void {
  if (begun) return
  begun = true
  channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => take(data))
  setInterval(say, SAY_MS)
  let asleep: ReturnType<typeof setTimeout> | undefined
  document.addEventListener('visibilitychange', () => {
    clearTimeout(asleep)
    const sleep = (is: boolean) => {
      isAsleep = is
      say()
    }
    if (document.visibilityState === 'visible') sleep(false)
    else asleep = setTimeout(() => sleep(true), HIDDEN_MS)
  })
  const hold = () => {
    holds = true
    channel?.postMessage({ type: 'who' } satisfies Message)
    say()
    // Held until the tab is closed.
    return new Promise<never>(() => undefined)
  }
  if (channel !== undefined && 'locks' in navigator) void navigator.locks.request(NAME, hold)
  else void hold()
}

/** Says what this tab wants. */
function say(): void {
  const wants = isAsleep ? [] : [...new Set([...listeners].map(({ want }) => want))]
  const message: Message = { type: 'wants', tab, wants }
  channel?.postMessage(message)
  take(message)
}

function take(message: Message): void {
  switch (message.type) {
    case 'who':
      say()
      return
    case 'wants':
      if (!holds) return
      wanted.set(message.tab, { wants: message.wants, at: Date.now() })
      listen()
      return
    case 'event': {
      const { tenant, event, data, id } = message
      if (id !== '') places.set(tenant, id)
      for (const one of listeners) {
        const concerns =
          event === one.topic ||
          event === 'open' ||
          (event === 'gap' && (data as { readonly topic?: string }).topic === one.topic)
        if (one.tenant === tenant && concerns)
          one.hear({ event: event === 'gap' || event === 'open' ? event : one.topic, data })
      }
      return
    }
    case 'live':
      live = message.live
      for (const watcher of watchers) watcher()
  }
}

function tell(message: Message): void {
  channel?.postMessage(message)
  take(message)
}

/** Opens the streams that are wanted, one for each tenant, and closes all others. */
function listen(): void {
  const now = Date.now()
  for (const [one, { at }] of wanted) if (now - at > GONE_MS) wanted.delete(one)
  const topics = new Map<string, Set<string>>()
  for (const { wants } of wanted.values()) {
    for (const want of wants) {
      const [tenant = '', topic = ''] = want.split(' ')
      topics.set(tenant, (topics.get(tenant) ?? new Set()).add(topic))
    }
  }
  for (const [tenant, { source, topics: before }] of open) {
    if ([...(topics.get(tenant) ?? [])].sort().join() === before) continue
    source.close()
    open.delete(tenant)
  }
  for (const [tenant, own] of topics) if (!open.has(tenant)) connect(tenant, [...own].sort().join())
  if (open.size === 0 && live.state !== 'off') tell({ type: 'live', live: { state: 'off', since: now } })
}

function connect(tenant: string, topics: string): void {
  const place = places.get(tenant)
  const query = new URLSearchParams({
    topics,
    ...(tenant === '' ? {} : { tenant }),
    ...(place === undefined ? {} : { after: place }),
  })
  const source = new EventSource(new URL(`stream?${query}`, ADMIN))
  open.set(tenant, { source, topics })
  source.onopen = () => {
    tell({ type: 'live', live: { state: 'live', since: Date.now() } })
    tell({ type: 'event', tenant, event: 'open', data: {}, id: '' })
  }
  source.onerror = () => {
    const isRefused = source.readyState === EventSource.CLOSED
    // A stream does not say why it ends; this answer does: there is no server, or no session any more.
    if (isRefused || live.state !== 'lost') void api('GET /session', {}).catch(() => undefined)
    if (live.state !== 'lost') tell({ type: 'live', live: { state: 'lost', since: Date.now() } })
    // A broken connection is made again by the browser; a refused one is not.
    if (!isRefused) return
    open.delete(tenant)
    setTimeout(listen, AGAIN_MS)
  }
  for (const event of [...topics.split(','), 'gap']) {
    source.addEventListener(event, ({ data, lastEventId }: MessageEvent<string>) =>
      tell({ type: 'event', tenant, event, data: JSON.parse(data), id: lastEventId }),
    )
  }
}

/**
 * Listens to a topic while the component is there. `tenant` undefined: of all that may be seen.
 *
 * @example useStream('requests', tenant, ({ event, data }) => (event === 'requests' ? add(data) : reload()))
 */
export function useStream(
  topic: Topic,
  tenant: string | undefined,
  hear: (event: StreamEvent) => void,
  enabled = true,
): Live {
  const last = useRef(hear)
  last.current = hear
  useEffect(() => {
    if (!enabled) return
    begin()
    const own = {
      want: `${tenant ?? ''} ${topic}`,
      tenant: tenant ?? '',
      topic,
      hear: (event: StreamEvent) => last.current(event),
    }
    listeners.add(own)
    say()
    return () => {
      listeners.delete(own)
      say()
    }
  }, [topic, tenant, enabled])
  return useLive()
}

/** Whether what is shown is live. */
export function useLive(): Live {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    () => live,
  )
}
