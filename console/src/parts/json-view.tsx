// JSON to look at, to edit, and two versions side by side: editors that are loaded only when they are opened.

import type { Mark } from './json-editor.tsx'
import { later } from './later.tsx'
import { Lines } from './loaded.tsx'

const meanwhile = <Lines count={8} />
const Editor = later(async () => (await import('./json-editor.tsx')).default, { meanwhile })
const Merge = later(async () => (await import('./json-merge.tsx')).default, { meanwhile })

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
  return <Editor text={JSON.stringify(value, null, 2)} height={height} {...(label === undefined ? {} : { label })} />
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
    <Editor
      text={text}
      onChange={onChange}
      height={height}
      {...(marks === undefined ? {} : { marks })}
      {...(label === undefined ? {} : { label })}
    />
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
  return <Merge before={JSON.stringify(before, null, 2)} after={JSON.stringify(after, null, 2)} height={height} />
}
