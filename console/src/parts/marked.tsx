// A text of guides and explanations: what menus say and what is typed stand out.

import { Fragment } from 'react'
import { partsOf } from '../../../guides/steps/text.ts'

/** A text with `*…*` for what a menu says and `` `…` `` for what is typed or sent. */
export function Marked({ text }: { readonly text: string }) {
  return partsOf(text).map((part, at) => {
    if (part.is === 'menu') return <strong key={at}>{part.text}</strong>
    if (part.is === 'code') return <code key={at}>{part.text}</code>
    return <Fragment key={at}>{part.text}</Fragment>
  })
}
