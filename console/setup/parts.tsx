// The small parts of the setup page: states, notices, values to copy, marked words.

import { type ReactNode, useEffect, useState } from 'react'
import { partsOf } from '../../guides/steps/text.ts'
import { useSay } from './context.ts'

/** A state: its shape says it as well as its colour. */
export function Shape({ state }: { readonly state: 'ok' | 'warn' | 'fail' | 'wait' | 'off' }) {
  const paths = {
    ok: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10L4 8l1-1 2 2 4-4 1 1Z',
    warn: 'M8 1 15 14H1ZM7 6v4h2V6Zm0 5v2h2v-2Z',
    fail: 'M5 1h6l4 4v6l-4 4H5l-4-4V5Zm0 5 2 2-2 2 1 1 2-2 2 2 1-1-2-2 2-2-1-1-2 2-2-2Z',
    wait: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3Zm-1 1v5h4V8H9V4Z',
    off: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z',
  }
  return (
    <svg className={`shape ${state}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[state]} fillRule="evenodd" />
    </svg>
  )
}

/** A notice with its state. */
export function Notice({
  state,
  title,
  children,
}: {
  readonly state: 'ok' | 'warn' | 'fail' | 'wait' | 'off'
  readonly title?: string | undefined
  readonly children?: ReactNode
}) {
  return (
    <div className={`notice ${state}`}>
      <Shape state={state} />
      <div>
        {title === undefined ? null : <strong>{title}</strong>}
        {children}
      </div>
    </div>
  )
}

/** A value to copy, with a button that says so. */
export function Copyable({ label, value }: { readonly label: string; readonly value: string }) {
  const say = useSay()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () =>
    navigator.clipboard?.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <div className="copyable">
      <code>{value}</code>
      <button type="button" className="small" aria-label={say('copyThing', { thing: label })} onClick={copy}>
        {copied ? say('copied') : say('copy')}
      </button>
      <span className="unseen" role="status">
        {copied ? say('copied') : ''}
      </span>
    </div>
  )
}

/** A text of a guide: what menus say, and what is typed, stand out. */
export function Marked({ text }: { readonly text: string }) {
  return (
    <>
      {partsOf(text).map((part, at) => {
        const key = `${at} ${part.text}`
        if (part.is === 'menu') return <strong key={key}>{part.text}</strong>
        return part.is === 'code' ? <code key={key}>{part.text}</code> : <span key={key}>{part.text}</span>
      })}
    </>
  )
}

/** The buttons at the end of a step. */
export function Actions({ children }: { readonly children: ReactNode }) {
  return <div className="actions">{children}</div>
}
