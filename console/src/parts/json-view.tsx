// JSON to look at, to edit, and two versions side by side: editors that are loaded only when they are opened.

import { lazy, Suspense } from 'react'
import type { Mark } from './json-editor.tsx'
import { Lines } from './loaded.tsx'

const Editor = lazy(() => import('./json-editor.tsx'))
const Merge = lazy(() => import('./json-merge.tsx'))

/** A document as JSON; long ones are virtual by themselves. */
export function JsonView({
  value,
  label,
  height = 360,
}: {
  readonly value: unknown
  readonly label?: string
  readonly height?: number
}) {
  return (
    <Suspense fallback={<Lines count={6} />}>
      <Editor text={JSON.stringify(value, null, 2)} height={height} {...(label === undefined ? {} : { label })} />
    </Suspense>
  )
}

/** A text of JSON to be edited, with what is wrong in it marked. */
export function JsonEdit({
  text,
  onChange,
  marks,
  label,
  height = 420,
}: {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly marks?: readonly Mark[]
  readonly label?: string
  readonly height?: number
}) {
  return (
    <Suspense fallback={<Lines count={8} />}>
      <Editor
        text={text}
        onChange={onChange}
        height={height}
        {...(marks === undefined ? {} : { marks })}
        {...(label === undefined ? {} : { label })}
      />
    </Suspense>
  )
}

/** Two versions of a document, with what is the same folded. */
export function JsonMerge({
  before,
  after,
  height = 420,
}: {
  readonly before: unknown
  readonly after: unknown
  readonly height?: number
}) {
  return (
    <Suspense fallback={<Lines count={8} />}>
      <Merge before={JSON.stringify(before, null, 2)} after={JSON.stringify(after, null, 2)} height={height} />
    </Suspense>
  )
}
